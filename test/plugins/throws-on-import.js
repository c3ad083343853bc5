// A module that cannot be loaded, in a worker or anywhere else.

throw new RangeError('this module never loads')
