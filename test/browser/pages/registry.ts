// The script of workers that have the plugins of the page.

import * as kernels from '@onecopy/kernels'
import { serveLanes } from '@onecopy/web/lanes'
import * as plugins from './plugins.js'

serveLanes([kernels, plugins])
