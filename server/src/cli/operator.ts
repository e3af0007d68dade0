import { connect } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import type { OperatorRequest } from '../api/operator-socket.ts'
import { WeirError } from '../errors.ts'

const answerSchema = z.union([
  z.object({ error: z.string() }),
  z.object({ ok: z.unknown(), said: z.string().optional(), id: z.string().optional() }),
])

/** What a hub answered. */
export interface OperatorAnswer {
  readonly ok: unknown
  readonly said?: string | undefined
  readonly id?: string | undefined
}

/** The data directory that a command means. */
export function dataOf(option: string | undefined): string {
  return option ?? process.env.WEIR_DATA ?? 'data'
}

/** Asks the hub that runs on this data directory. Throws WEIR_OPERATOR where it does not answer, or refuses. */
export async function askHub(data: string, request: OperatorRequest): Promise<OperatorAnswer> {
  const path = join(data, 'weir.sock')
  const line = await new Promise<string>((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (!chunk.includes('\n')) return
      socket.destroy()
      resolve(text)
    })
    socket.on('close', () =>
      reject(new WeirError('WEIR_OPERATOR', { path, problem: 'it closed without an answer' })),
    )
    socket.on('error', (error) => {
      const missing = 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
      const problem = missing ? 'no hub runs on this data directory; say which with --data' : error.message
      reject(new WeirError('WEIR_OPERATOR', { path, problem }, { cause: error }))
    })
  })
  const answer = answerSchema.parse(JSON.parse(line))
  if ('error' in answer) throw new WeirError('WEIR_OPERATOR', { path, problem: answer.error })
  return answer
}
