// `wc -l` as a program on onecopy: node count-lines.js FILE

import { countLines } from '@onecopy/kernels'
import { file, run } from '@onecopy/node'

console.log(await run(file(process.argv[2] ?? ''), countLines))
