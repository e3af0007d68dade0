import { parseSync } from 'vite'

/** One thing that a source file does at one line: imports a module, or reads the machine's time. */
export interface Use {
  readonly kind: 'import' | 'type import' | 'time'
  /** The module as it is written, or what reads the time. */
  readonly what: string
  readonly line: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [part: string]: unknown
}

const GLOBAL_OBJECTS = ['globalThis', 'global', 'window', 'self']
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'performance']
const PROCESS_TIME = ['hrtime', 'uptime']
const TIME_MODULES: Readonly<Record<string, readonly string[] | 'all'>> = {
  timers: 'all',
  'timers/promises': 'all',
  perf_hooks: ['performance', '*'],
  process: PROCESS_TIME,
}

/** What a source file imports and where it reads the time, from its syntax tree. Throws when it does not parse. */
export function usesOf(file: string, text: string): readonly Use[] {
  const { program, errors } = parseSync(file, text)
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`)
  const uses: Use[] = []
  const found = (node: Node, kind: Use['kind'], what: string): void => {
    uses.push({ kind, what, line: text.slice(0, node.start).split('\n').length })
  }
  visit(program, null, (node, parent) => {
    const module = literal(node.source)
    if (module !== undefined) {
      const typeOnly =
        node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type'
      found(node, typeOnly ? 'type import' : 'import', module)
      for (const name of timeNames(node, module)) found(node, 'time', `${name} of ${module}`)
    }
    const time = timeRead(node, parent)
    if (time !== undefined) found(node, 'time', time)
  })
  return uses
}

function visit(node: unknown, parent: Node | null, see: (node: Node, parent: Node | null) => void): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, parent, see)
  } else if (isNode(node)) {
    see(node, parent)
    for (const part of Object.values(node)) visit(part, node, see)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function literal(node: unknown): string | undefined {
  return isNode(node) && typeof node.value === 'string' ? node.value : undefined
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' && typeof node.name === 'string' ? node.name : undefined
}

/** The property's name in `object.name`, `object?.name` and `object['name']`. */
function propertyOf(member: Node): string | undefined {
  return member.computed === true ? literal(member.property) : nameOf(member.property)
}

/** What an import takes from a module that tells the time. */
function timeNames(node: Node, module: string): readonly string[] {
  const names = TIME_MODULES[module.replace(/^node:/, '')]
  if (names === undefined || node.importKind === 'type' || node.type === 'TSImportType') return []
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : []
  const taken = specifiers.map((each) => nameOf(each.imported) ?? '*')
  if (names === 'all') return taken.length === 0 ? ['*'] : taken
  return taken.filter((name) => names.includes(name))
}

/** What reads the time, if this node does. Keys and types do not; a local of the same name does, as it reads like the clock. */
function timeRead(node: Node, parent: Node | null): string | undefined {
  if (node.type === 'MemberExpression') {
    const property = propertyOf(node) ?? ''
    const object = nameOf(node.object) ?? ''
    if (GLOBAL_OBJECTS.includes(object) && (TIMERS.includes(property) || property === 'Date')) return property
    if (object === 'process' && PROCESS_TIME.includes(property)) return `process.${property}`
    if (object === 'AbortSignal' && property === 'timeout') return 'AbortSignal.timeout'
    return undefined
  }
  const name = nameOf(node)
  if (name === undefined || parent === null || !isRead(node, parent)) return undefined
  if (TIMERS.includes(name)) return name
  return name === 'Date' && !isHarmlessDate(parent) ? dateRead(parent) : undefined
}

function isRead(node: Node, parent: Node): boolean {
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed === true
  if (parent.type === 'Property') return parent.value === node
  if (parent.type.startsWith('TS')) return parent.expression === node
  if (/^(Import|Export)/.test(parent.type) || parent.type.includes('Definition')) return parent.value === node
  return true
}

/** `new Date(given)`, `Date.parse`, `Date.UTC` and `x instanceof Date` tell nothing about now. */
function isHarmlessDate(parent: Node): boolean {
  if (parent.type === 'NewExpression') return Array.isArray(parent.arguments) && parent.arguments.length > 0
  if (parent.type === 'MemberExpression')
    return ['parse', 'UTC', 'prototype'].includes(propertyOf(parent) ?? '')
  return parent.type === 'BinaryExpression' && parent.operator === 'instanceof'
}

function dateRead(parent: Node): string {
  if (parent.type === 'NewExpression') return 'new Date()'
  return parent.type === 'MemberExpression' ? `Date.${propertyOf(parent) ?? '*'}` : 'Date'
}
