import type { Node } from './scope.ts'

/** An operator that keeps state, as a checkpoint knows it. */
export interface NodeShape {
  readonly name: string
  readonly version: number
  readonly params: unknown
  /** Whether its state means the same whatever the parameters are. */
  readonly anyParams?: boolean
  /** The operators above it. */
  readonly path: readonly string[]
  /** Those inside of it, where it is a `by`. */
  readonly inner: readonly NodeShape[]
}

/** Where the states of operators go that stand elsewhere now: by their old slot. */
export type Carriage = ReadonlyMap<number, { readonly slot: number; readonly inner: Carriage }>

/** The operators of a scope that keep state, in their slots. */
export function shapesOf(nodes: readonly Node[]): readonly NodeShape[] {
  return nodes.map(({ name, version = 1, params, anyParams = false, path, inner = [] }) => ({
    name,
    version,
    params,
    ...(anyParams ? { anyParams } : {}),
    path,
    inner: shapesOf(inner),
  }))
}

/**
 * Which operator of a changed rule takes over the states of which one before: the one with the same chain of operators
 * above it, name and parameters; of those left, the one with the same name and parameters; of those left, where the
 * parameters do not matter to the state, the one with the same chain and name. Always only where there are equally many
 * on both sides, and then in their order. Anything less sure is left out: its state starts anew.
 */
export function carriage(before: readonly NodeShape[], after: readonly NodeShape[]): Carriage {
  const carried = new Map<number, { slot: number; inner: Carriage }>()
  const taken = new Set<number>()
  for (const keyOf of [withChain, withoutChain, withoutParams]) {
    const left = slotsBy(before, keyOf, (slot) => !carried.has(slot))
    const right = slotsBy(after, keyOf, (slot) => !taken.has(slot))
    for (const [key, from] of left) {
      const to = right.get(key) ?? []
      if (from.length !== to.length) continue
      from.forEach((slot, n) => {
        const other = to[n]
        if (other === undefined) return
        carried.set(slot, {
          slot: other,
          inner: carriage(before[slot]?.inner ?? [], after[other]?.inner ?? []),
        })
        taken.add(other)
      })
    }
  }
  return carried
}

/** How many operators there are, those inside of others included. */
export function countNodes(shapes: readonly NodeShape[]): number {
  return shapes.reduce((sum, { inner }) => sum + 1 + countNodes(inner), 0)
}

/** How many of them are carried. */
export function countCarried(carried: Carriage): number {
  return [...carried.values()].reduce((sum, { inner }) => sum + 1 + countCarried(inner), 0)
}

function withoutChain({ name, version, params }: NodeShape): string {
  return JSON.stringify([name, version, params])
}

function withChain(shape: NodeShape): string {
  return JSON.stringify([shape.path, withoutChain(shape)])
}

function withoutParams({ name, version, path, anyParams }: NodeShape): string | undefined {
  return anyParams === true ? JSON.stringify([path, name, version]) : undefined
}

function slotsBy(
  shapes: readonly NodeShape[],
  keyOf: (shape: NodeShape) => string | undefined,
  counts: (slot: number) => boolean,
): Map<string, number[]> {
  const slots = new Map<string, number[]>()
  for (const [slot, shape] of shapes.entries()) {
    const key = counts(slot) ? keyOf(shape) : undefined
    if (key === undefined) continue
    slots.set(key, [...(slots.get(key) ?? []), slot])
  }
  return slots
}
