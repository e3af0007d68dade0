import { type Observable, type OperatorFunction, pipe } from 'rxjs'
import type { Event } from 'weir-protocol'
import { filter } from '../../../server/src/streams/filter.ts'
import { map } from '../../../server/src/streams/map.ts'
import { merge } from '../../../server/src/streams/merge.ts'
import { type Env, evaluate, type Fn, functionOf, NotCovered, truthy } from './expressions.ts'
import { isEvent, isMap, list, number } from './values.ts'

/** An operator of ours over whatever the vectors put through it. */
export type Op = OperatorFunction<unknown, unknown>

/** What the operators of a vector act upon. */
export interface Recorder {
  /** Seconds of the clock. */
  readonly now: () => number
  /** A recorder of the vector was called. */
  readonly record: (value: unknown, label?: string) => void
}

/**
 * What each op of the vectors is in Weir. One in `operators` gives what stands before the node's children, one in
 * `trees` deals with them by itself. A tree emits what reaches its `next` nodes and nothing else.
 */
export interface Vocabulary {
  readonly operators: Readonly<Record<string, (node: Node) => Op>>
  readonly trees?: Readonly<Record<string, (node: Node) => Op>>
}

/** Vectors are not typed, and rules are: what an operator is given is what Riemann's was given. */
export function untyped<In, Out>(operator: OperatorFunction<In, Out>): Op {
  return (source) => operator(source as Observable<In>)
}

/** The same for an operator that Riemann's events must be given to: a list does not compile in Weir and throws in Riemann. */
export function ofEvents<Out>(operator: OperatorFunction<Event, Out>): Op {
  const check = map((value: unknown) => {
    if (!isEvent(value)) throw new TypeError('this is no event')
    return value
  })
  return pipe(check, operator)
}

/** Takes everything and emits nothing. */
export const SWALLOW: Op = filter(() => false)

/** A node of a vector's stream tree, and what its members mean. */
export class Node {
  readonly recorder: Recorder
  readonly #members: Readonly<Record<string, unknown>>
  readonly #vocabulary: Vocabulary
  readonly #vars: Readonly<Record<string, unknown>>

  constructor(
    members: Readonly<Record<string, unknown>>,
    vocabulary: Vocabulary,
    recorder: Recorder,
    vars: Readonly<Record<string, unknown>> = {},
  ) {
    this.#members = members
    this.#vocabulary = vocabulary
    this.recorder = recorder
    this.#vars = vars
  }

  /** The node with its children, as an operator. */
  build(): Op {
    const name = this.text('op')
    const tree = this.#vocabulary.trees?.[name]
    if (tree !== undefined) return tree(this)
    return pipe(this.operator(name), this.children())
  }

  /** What an op of another name makes of its parameters, without its children. */
  operator(name: string): Op {
    const operator = this.#vocabulary.operators[name]
    if (operator === undefined) throw new NotCovered(name)
    return operator(this)
  }

  get members(): Readonly<Record<string, unknown>> {
    return this.#members
  }

  has(name: string): boolean {
    return this.#members[name] !== undefined
  }

  raw(name: string): unknown {
    return this.#members[name]
  }

  text(name: string): string {
    return String(this.#members[name])
  }

  /** A parameter that is an expression, evaluated when the stream is built. */
  value(name: string): unknown {
    return evaluate(this.#members[name], this.env())
  }

  number(name: string): number {
    return number(this.value(name))
  }

  /** An expression of the event at hand. */
  expression(expr: unknown): Fn {
    return (event) => evaluate(expr, { ...this.env(), event })
  }

  predicate(expr: unknown): (event: unknown) => boolean {
    const value = this.expression(expr)
    return (event) => truthy(value(event))
  }

  fn(fn: unknown = this.#members.fn): Fn {
    return functionOf(fn, this.env())
  }

  texts(name: string): readonly string[] {
    return [this.#members[name]].flat().map(String)
  }

  /** The recorder where no children are named. */
  children(members: unknown = this.#members.children): Op {
    return members === undefined ? this.inner({ op: 'out' }) : this.branches(list(members))
  }

  /** Children that stand beside each other. */
  branches(members: readonly unknown[]): Op {
    const [first, ...others] = members.map((child) => this.inner(child))
    if (first === undefined) return SWALLOW
    return others.length === 0 ? first : merge(first, ...others)
  }

  /** A node inside of this one. */
  inner(members: unknown): Op {
    if (!isMap(members)) throw new Error(`${JSON.stringify(members)} is no node`)
    return new Node(members, this.#vocabulary, this.recorder, this.#vars).build()
  }

  /** The same node; its expressions, and those inside of it, see these variables. */
  with(vars: Readonly<Record<string, unknown>>): Node {
    return new Node(this.#members, this.#vocabulary, this.recorder, { ...this.#vars, ...vars })
  }

  env(): Env {
    return { now: this.recorder.now, vars: this.#vars }
  }
}
