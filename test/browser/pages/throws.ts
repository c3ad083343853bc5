// A script of workers that has a fault.

throw new Error('a fault in the script')
