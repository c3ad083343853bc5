// The script of workers that have messages of their own: each comes back.

import { serveLanes } from '@onecopy/web/lanes'

serveLanes()
addEventListener('message', ({ data }) => postMessage(data))
