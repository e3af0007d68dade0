import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { load } from './loader.ts'

// node --expose-gc loader-leak.fixture.ts FILE TIMES: prints how many bytes of memory each loading of a configuration
// keeps, and how many each plain import of the same text does. Each time it is another text.

const [file = '', times = '0'] = process.argv.slice(2)

async function kept(take: (n: number) => Promise<unknown>): Promise<number> {
  // What only the first ones keep is not counted.
  for (let n = 0; n < 5; n++) await take(n)
  const before = held()
  for (let n = 0; n < Number(times); n++) await take(5 + n)
  return (held() - before) / Number(times)
}

function held(): number {
  for (let n = 0; n < 3; n++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let count = 0
function write(): void {
  count += 1
  const filling = Array.from(
    { length: 4000 },
    (_, n) => `// ${count} ${n} some words of a long configuration`,
  )
  writeFileSync(
    file,
    `import { config, index, rule } from 'weir-hub'
export default config({ rules: [rule('a', { stream: index() })] })
${filling.join('\n')}
`,
  )
}

write()
await load(file)
const plain = await kept(async (n) => {
  write()
  await import(`${pathToFileURL(file).href}?plain=${n}`)
})
const ours = await kept(async () => {
  write()
  await load(file)
})
console.log(JSON.stringify({ ours, plain }))
