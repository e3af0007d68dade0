import { weir } from './commands.ts'

// Whoever reads what is printed may go away (`weir log | head`, a log pipe that dies): no reason to fail.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

process.exitCode = await weir(process.argv.slice(2))
