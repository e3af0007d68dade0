import { pipe } from 'rxjs'
import { expired } from '../../../server/src/streams/expired.ts'
import { match } from '../../../server/src/streams/match.ts'
import { notExpired } from '../../../server/src/streams/not-expired.ts'
import { over } from '../../../server/src/streams/over.ts'
import { split } from '../../../server/src/streams/split.ts'
import { tagged } from '../../../server/src/streams/tagged.ts'
import { taggedAny } from '../../../server/src/streams/tagged-any.ts'
import { under } from '../../../server/src/streams/under.ts'
import { where } from '../../../server/src/streams/where.ts'
import { type Fn, patternOf, truthy } from './expressions.ts'
import { type Node, type Op, untyped, type Vocabulary } from './node.ts'
import { list, toRiemann } from './values.ts'

/** What passes some events and drops the others. */
export const FILTERS: Vocabulary = {
  operators: {
    match: (node) => {
      const value = node.fn()
      return match((event) => toRiemann(value(event)), patternOf(node.raw('value'), node.env()))
    },
    tagged: (node) => untyped(tagged(...node.texts('tags'))),
    'tagged-all': (node) => untyped(tagged(...node.texts('tags'))),
    'tagged-any': (node) => untyped(taggedAny(...node.texts('tags'))),
    expired: () => untyped(expired()),
    'not-expired': () => untyped(notExpired()),
    over: (node) => untyped(over(node.number('value'))),
    under: (node) => untyped(under(node.number('value'))),
  },
  trees: {
    where: (node) => whereElse(node, node.expression(node.raw('expr'))),
    'where*': (node) => whereElse(node, node.fn()),
  },
}

/** `where` where nothing happens with the others, else `split`. */
function whereElse(node: Node, value: Fn): Op {
  const test = (event: unknown) => truthy(value(event))
  const groups = list(node.raw('else')).flatMap(list)
  return groups.length === 0
    ? pipe(untyped(where(test)), node.children())
    : untyped(split([test, node.children()], node.branches(groups)))
}
