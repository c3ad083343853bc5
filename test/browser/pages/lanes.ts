// The script of workers for the contract.

import './globals.js'
import { serveLanes } from '@onecopy/web/lanes'

serveLanes()
