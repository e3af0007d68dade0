import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as weirHub from 'weir-hub'
import * as testing from 'weir-hub/testing'
import { ERRORS } from '../../server/src/errors.ts'
import { startHub } from '../hub.ts'
import { runToEnd, scratch } from '../real/processes.ts'
import { firstCells, pageText, ROOT } from './pages.ts'

/** What `weir-hub` exports besides operators; docs/rules.md tells of these in its text. */
const NO_OPERATORS = [
  ...[
    'config',
    'thisHost',
    'selfProbe',
    'heartbeat',
    'slack',
    'slackBot',
    'email',
    'webhook',
    'logOnly',
    'rule',
    'step',
    'stage',
  ],
  ...['httpDelivery', 'messageLine'],
  ...['above', 'atLeast', 'atMost', 'below', 'expire', 'isExpired', 'makeEvent', 'micros', 'WeirError'],
]

/** The name in a cell such as `map(change)`. */
const nameIn = (cell: string) => /^`(\w+)/.exec(cell)?.[1] ?? cell
const inBackticks = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

/** The lines of the hub's source that are neither comments nor tests. */
const HUB_CODE = globSync('server/src/**/*.ts', { cwd: ROOT })
  .filter((file) => !file.includes('.test.'))
  .flatMap((file) => pageText(file).split('\n'))
  .filter((line) => !/^\s*(\*|\/\/|\/\*\*)/.test(line))

/** The members of an interface in a source file, those of a nested object as `outer.inner`. */
function membersOf(file: string, name: string): readonly string[] {
  const body = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(pageText(file))?.[1] ?? ''
  let outer = ''
  return body.split('\n').flatMap((line) => {
    const [, indent = '', member = '', rest = ''] = /^( {2}| {4})readonly (\w+)\??:(.*)$/.exec(line) ?? []
    if (member === '') return []
    if (indent.length === 4) return [`${outer}.${member}`]
    outer = member
    return rest === ' {' ? [] : [member]
  })
}

describe('a table of the docs and what it is about name the same', () => {
  test('error codes', () => {
    expect(firstCells('docs/errors.md', 'code').flatMap(inBackticks).sort()).toEqual(
      Object.keys(ERRORS).sort(),
    )
  })

  test("the client's error codes", () => {
    const source = pageText('clients/node/src/errors.ts')
    const codes = [...source.matchAll(/^ {2}\| '([\w-]+)'/gm)].map(([, code]) => code)
    expect(firstCells('docs/client.md', 'code').flatMap(inBackticks)).toEqual(codes)
  })

  test("an event's fields", () => {
    expect(firstCells('docs/client.md', 'field').flatMap(inBackticks)).toEqual(
      membersOf('clients/node/src/event-input.ts', 'EventInput'),
    )
  })

  test('operators', () => {
    const operators = Object.keys(weirHub).filter((name) => !NO_OPERATORS.includes(name))
    expect(firstCells('docs/rules.md', 'operator').map(nameIn).sort()).toEqual(operators.sort())
    for (const name of ['step', 'stage', 'above', 'atLeast', 'atMost', 'below'])
      expect(pageText('docs/rules.md')).toContain(`\`${name}\``)
  })

  test('the test kit', () => {
    expect(firstCells('docs/rules.md', 'from `weir-hub/testing`').map(nameIn).sort()).toEqual(
      Object.keys(testing).sort(),
    )
    expect(
      firstCells('docs/rules.md', 'of what `play` gives')
        .flatMap(inBackticks)
        .map((cell) => nameIn(`\`${cell}`))
        .sort(),
    ).toEqual(
      [
        ...pageText('server/src/testing/play.ts').matchAll(
          /^ {2}(?:readonly )?(\w+)(?:\(options|: readonly \w+\[\])/gm,
        ),
      ]
        .map(([, name]) => name)
        .sort(),
    )
  })

  test('options of alert()', () => {
    expect(firstCells('docs/rules.md', 'option').flatMap(inBackticks).sort()).toEqual(
      [...membersOf('server/src/rules/effects.ts', 'AlertOptions')].sort(),
    )
  })

  test('members of match', () => {
    expect(firstCells('docs/rules.md', 'member').flatMap(inBackticks).sort()).toEqual(
      [...membersOf('server/src/rules/match.ts', 'Match')].sort(),
    )
  })

  test('options of config()', () => {
    expect(firstCells('docs/configuration.md', 'option').flatMap(inBackticks)).toEqual(
      membersOf('server/src/config.ts', 'ConfigOptions'),
    )
  })

  test('environment variables', () => {
    const names = HUB_CODE.flatMap(
      (line) => line.match(/\bWEIR_[A-Z_]+\b|\b[A-Z_]+_(?:WEBHOOK_URL|BOT_TOKEN)\b/g) ?? [],
    )
    expect(firstCells('docs/configuration.md', 'variable').flatMap(inBackticks).sort()).toEqual(
      [...new Set(names.filter((name) => !(name in ERRORS)))].sort(),
    )
  })

  test("the hub's own events", () => {
    const services = HUB_CODE.flatMap((line) => /'(weir\/[\w-]+)'/.exec(line)?.[1] ?? [])
    expect(firstCells('docs/configuration.md', 'service').flatMap(inBackticks).sort()).toEqual(
      [...new Set(services)].sort(),
    )
  })

  test('commands', async () => {
    const help = await runToEnd(process.execPath, [`${ROOT}server/src/cli/weir.ts`, '--help'])
    expect(firstCells('docs/configuration.md', 'command').flatMap(inBackticks)).toEqual(
      [...help.matchAll(/^ {2}(weir \w+)/gm)].map(([, command]) => command),
    )
  })

  test('metrics', async () => {
    const hub = await startHub({ dir: await scratch() })
    const shown = await (await fetch(`${hub.http}/metrics`)).text()
    const names = [...shown.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
    expect(firstCells('docs/configuration.md', 'metric').flatMap(inBackticks).sort()).toEqual(names.sort())
    const pages = globSync('docs/**/*.md', { cwd: ROOT }).map(pageText).join('')
    const unknown = [...pages.matchAll(/\bweir_[a-z0-9_]+/g)].filter(([name]) => !names.includes(name))
    expect(unknown).toEqual([])
  })
})

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string) =>
  [...pageText(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

test.each(['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })])(
  'what %s links to exists',
  (page) => {
    const links = [...pageText(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path)
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  },
)

test('the runbooks of the shipped rules exist', () => {
  const rules = globSync('config/rules/*.ts', { cwd: ROOT }).map(pageText).join('')
  const runbooks = [...rules.matchAll(/runbook: '(docs[^']*)'/g)].map(([, path = '']) => path)
  expect(runbooks).not.toEqual([])
  expect(runbooks.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test('docs/README.md lists every page', () => {
  const pages = globSync('docs/**/*.md', { cwd: ROOT }).map((page) => page.slice('docs/'.length))
  const listed = [...readFileSync(join(ROOT, 'docs/README.md'), 'utf8').matchAll(/\]\(([^)#]+\.md)\)/g)]
  expect(
    listed
      .map(([, page]) => page)
      .filter((page) => !page?.startsWith('..'))
      .sort(),
  ).toEqual(pages.filter((page) => page !== 'README.md').sort())
})
