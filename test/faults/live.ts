import { mkdirSync, readdirSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { DrivenHub, Gone } from '../driven-hub.ts'
import { startSlackStandIn } from '../slack-stand-in.ts'
import { configFiles } from './day.config.ts'
import { type Act, DAY_BEGINS, type Day, type Step } from './day.ts'
import type { Moment } from './kills.ts'
import { startPager } from './pager.ts'
import type { Random } from './random.ts'

/** Small enough that checkpoints are always being written. */
const CHECKPOINTS = { WEIR_CHECKPOINT_BYTES: '100000', WEIR_CHECKPOINT_SLICE: '10' }
/** Within so many milliseconds of a moment the kill comes. */
const WITHIN_MS = { time: 5, part: 2, batch: 4, checkpoint: 3, start: 900, command: 2, reload: 40 }

const alertsSchema = z.array(
  z.object({
    id: z.string(),
    rule: z.string(),
    host: z.string().nullable(),
    service: z.string().nullable(),
    since: z.number(),
    acknowledged: z.object({ why: z.string() }).nullable(),
  }),
)
const silencesSchema = z.array(z.object({ why: z.string() }))

/** What was told in a day, and what the hub knew at its end. */
export interface Lived {
  /** The messages that were decided upon, in order, by destination. */
  readonly messages: ReadonlyMap<string, readonly unknown[]>
  /** How many of them are not delivered. */
  readonly undelivered: number
  /** Each change of an alert. */
  readonly decisions: readonly Readonly<Record<string, unknown>>[]
  readonly alerts: readonly Readonly<Record<string, unknown>>[]
  /** What arrived, by destination, in order. */
  readonly arrived: ReadonlyMap<string, readonly Arrived[]>
  readonly kills: readonly Moment[]
  /** The kills whose moment did not come before the day was over. */
  readonly unmet: number
  /** How often a kill left a checkpoint half written. */
  readonly drafts: number
  /** The drafts of checkpoints that are there when all is over. */
  readonly leftOver: readonly string[]
  /** How often a message that was not acknowledged was in the journal all the same. */
  readonly journaledUnanswered: number
  readonly output: string
}

/** A request that arrived at a destination. */
export interface Arrived {
  /** From which of the processes, one after the other, it came. */
  readonly life: number
  readonly body: unknown
}

/** Lets a hub live through the day, with the kills that are planned; throws when it ends by itself or loses what it acknowledged. */
export async function live(
  day: Day,
  options: {
    readonly dir: string
    readonly random: Random
    /** By the number of the step. */
    readonly kills?: ReadonlyMap<number, Moment>
    /** What befalls the data directory of the dead hub, by the number of the step before which it is killed. */
    readonly harms?: ReadonlyMap<number, (data: string) => void>
  },
): Promise<Lived> {
  const living = new Living(options)
  try {
    return await living.run(day, options.kills ?? new Map(), options.harms ?? new Map())
  } finally {
    await living.close()
  }
}

class Living {
  readonly #dir: string
  readonly #random: Random
  readonly #arrived = new Map<string, Arrived[]>([
    ['ops', []],
    ['pager', []],
  ])
  readonly #kills: Moment[] = []
  /** Whether the kill that is planned at the present step was set off, be it that it is still to come. */
  #setOff = false
  readonly #closing: (() => unknown)[] = []
  /** Kills whose moment came when the hub was dead already. */
  readonly #later: Moment[] = []
  /** Moments that are waited for. */
  readonly #armed: Moment[] = []
  #env: Readonly<Record<string, string>> = {}
  #hub: DrivenHub | undefined
  /** Whether the last process was killed, and no other has taken its place. */
  #killed = false
  #lives = 0
  #acknowledged = 0
  #journaled = 0
  #journaledUnanswered = 0
  #drafts = 0
  /** How often the configuration was edited. */
  #edits = 0

  constructor(options: { readonly dir: string; readonly random: Random }) {
    this.#dir = options.dir
    this.#random = options.random
  }

  async run(
    day: Day,
    kills: ReadonlyMap<number, Moment>,
    harms: ReadonlyMap<number, (data: string) => void>,
  ): Promise<Lived> {
    const slack = await startSlackStandIn({ onRequest: ({ payload }) => this.#arrive('ops', payload) })
    this.#closing.push(() => slack.close())
    const pager = await startPager((body) => this.#arrive('pager', body))
    this.#closing.push(() => pager.close())
    this.#env = { SLACK_WEBHOOK_URL: slack.url, PAGER_URL: pager.url, ...CHECKPOINTS }
    this.#hub = await this.#start()
    this.#watchCheckpoints()
    for (const [number, step] of day.steps.entries()) {
      const harm = harms.get(number)
      if (harm !== undefined) await this.#harm(harm)
      await this.#through(step, kills.get(number))
    }
    await this.#through({ at: day.ends, messages: [], act: undefined }, undefined)
    const hub = this.#hub
    const code = await hub.stop()
    if (code !== 0) throw new Error(`the hub ended with ${code}:\n${hub.output}`)
    return { ...this.#told(), output: hub.output }
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close()
  }

  async #harm(harm: (data: string) => void): Promise<void> {
    this.#killed = true
    this.#hub?.kill()
    await this.#hub?.gone()
    harm(join(this.#dir, 'data'))
    // What the disk has lost, nobody else remembers.
    this.#acknowledged = 0
    await this.#again()
  }

  /** Lives through a step, starting the hub again as often as it is killed. */
  async #through(step: Step, moment: Moment | undefined): Promise<void> {
    let next = moment ?? this.#later.shift()
    for (;;) {
      try {
        await this.#try(step, next)
        return
      } catch (error) {
        if (!(error instanceof Gone)) throw error
        await this.#again()
        // Where a kill from an earlier step came first, the one that is planned here is still to come.
        if (this.#setOff) next = undefined
      }
    }
  }

  async #try(step: Step, moment: Moment | undefined): Promise<void> {
    const hub = this.#hub
    if (hub === undefined) throw new Error('no hub')
    const soon = (within: number) => {
      this.#setOff = true
      return moment === undefined ? undefined : this.#killSoon(moment, within)
    }
    this.#setOff = moment === 'delivery' || moment === 'checkpoint'
    if (moment === 'time' || moment === 'start') void soon(WITHIN_MS.time)
    if (moment === 'delivery' || moment === 'checkpoint') this.#armed.push(moment)
    await hub.advance(step.at)
    const messages = step.messages.filter(({ n }) => n > this.#journaled)
    const frames = messages.map(({ frame }) => frame)
    // A kill that was put off may find that its moment does not come at this step.
    const nothingSent = frames.length === 0 && ['part', 'batch', 'answer'].includes(moment ?? '')
    const nothingDone = step.act === undefined && ['command', 'reload'].includes(moment ?? '')
    if (moment !== undefined && (nothingSent || nothingDone)) {
      this.#setOff = true
      this.#kill(moment)
      throw new Gone('killed')
    }
    if (moment === 'part') {
      hub.sendPart(frames, this.#random.int(1, Buffer.concat(frames).length - 1))
      await soon(WITHIN_MS.part)
      throw new Gone('killed')
    }
    if (moment === 'batch') void soon(WITHIN_MS.batch)
    let answered = 0
    await hub.send(frames, () => {
      this.#acknowledged = messages[answered]?.n ?? this.#acknowledged
      answered += 1
      if (moment === 'answer' && answered === 1) {
        this.#setOff = true
        this.#kill(moment)
      }
    })
    if (step.act === undefined) return
    if (moment === 'command' || moment === 'reload') void soon(WITHIN_MS[moment])
    await this.#act(hub, step.act)
  }

  /** Does what a person does, unless it is done already. */
  async #act(hub: DrivenHub, act: Act): Promise<void> {
    if (act.do === 'reload') {
      this.#edits = act.edits
      this.#writeConfig()
      await hub.operate({ reload: {} })
      return
    }
    const { rule, why } = act
    const who = 'kim'
    if (act.do === 'silence') {
      const silences = silencesSchema.parse(await hub.operate({ silences: {} }))
      if (silences.some((silence) => silence.why === why)) return
      const time = act.ends ? { for: '40m' as const } : {}
      await hub.operate({ command: { do: 'silence', match: { rule }, who, why, ...time } })
      return
    }
    const alerts = alertsSchema
      .parse(await hub.operate({ alerts: {} }))
      .filter((alert) => alert.rule === rule)
    const [first] = alerts.toSorted((a, b) => a.since - b.since || nameOf(a).localeCompare(nameOf(b)))
    if (first === undefined || first.acknowledged?.why === why) return
    await hub.operate({ command: { do: 'acknowledge', alert: first.id, who, why, for: '2h' } })
  }

  #writeConfig(): string {
    const files = configFiles(this.#edits)
    for (const [name, text] of files) writeFileSync(join(this.#dir, name), text)
    return files.get('weir.config.ts') ?? ''
  }

  /** Starts the hub again, and asks what it has. */
  async #again(): Promise<void> {
    const last = this.#hub
    if (last === undefined || !this.#killed) throw new Error(`the hub ended by itself:\n${last?.output}`)
    await last.gone()
    if (this.#draftsNow().length > 0) this.#drafts += 1
    const again = this.#kills.at(-1) === 'start'
    const hub = await this.#start(again)
    this.#hub = hub
    const { value } = await hub.journaled('n')
    this.#journaled = Number(value ?? 0)
    if (this.#journaled < this.#acknowledged) {
      const problem = `message ${this.#acknowledged} was acknowledged, and the journal ends with ${this.#journaled}`
      throw new Error(`${problem}:\n${hub.output}`)
    }
    if (this.#journaled > this.#acknowledged) this.#journaledUnanswered += 1
    this.#killed = false
  }

  #draftsNow(): readonly string[] {
    return readdirSync(join(this.#dir, 'data', 'checkpoints')).filter((name) => name.endsWith('.draft'))
  }

  /** Starts the hub; killed on its way where that is asked for, and then started once more. */
  async #start(killed = false): Promise<DrivenHub> {
    const config = this.#writeConfig()
    const options = { dir: this.#dir, config, env: this.#env, args: ['--time', DAY_BEGINS] }
    this.#lives += 1
    if (killed) {
      const delay = this.#random.int(0, WITHIN_MS.start)
      const onSpawn = ({ pid }: { readonly pid: number }) => {
        void pause(delay).then(() => {
          try {
            process.kill(pid, 'SIGKILL')
          } catch {
            // It was ready, and has been ended, before its time came.
          }
        })
      }
      const hub = await DrivenHub.start({ ...options, onSpawn }).catch(() => undefined)
      await hub?.gone()
      this.#lives += 1
    }
    return DrivenHub.start(options)
  }

  #arrive(destination: string, body: unknown): void {
    this.#arrived.get(destination)?.push({ life: this.#lives, body })
    this.#comes('delivery', 0)
  }

  #watchCheckpoints(): void {
    const folder = join(this.#dir, 'data', 'checkpoints')
    mkdirSync(folder, { recursive: true })
    const watcher = watch(folder, (_, file) => {
      if (file?.endsWith('.draft')) this.#comes('checkpoint', WITHIN_MS.checkpoint)
    })
    this.#closing.push(() => watcher.close())
  }

  /** A moment that may be waited for is here. */
  #comes(moment: Moment, within: number): void {
    const waiting = this.#armed.indexOf(moment)
    if (waiting < 0 || this.#killed) return
    this.#armed.splice(waiting, 1)
    if (within === 0) this.#kill(moment)
    else void this.#killSoon(moment, within)
  }

  async #killSoon(moment: Moment, within: number): Promise<void> {
    await pause(this.#random.int(0, within))
    this.#kill(moment)
  }

  #kill(moment: Moment): void {
    if (this.#killed) {
      this.#later.push(moment)
      return
    }
    this.#kills.push(moment)
    this.#killed = true
    this.#hub?.kill()
  }

  #told(): Omit<Lived, 'output'> {
    const db = new DatabaseSync(join(this.#dir, 'data', 'weir.db'), { readOnly: true })
    try {
      const messages = new Map<string, unknown[]>()
      for (const { destination, body } of db
        .prepare('select destination, body from outbox order by seq')
        .all()) {
        const known = messages.get(String(destination)) ?? []
        messages.set(String(destination), known)
        known.push(withoutIds(JSON.parse(String(body))))
      }
      const undelivered = db.prepare("select count(*) as count from outbox where status <> 'sent'").get()
      const decisions = db.prepare('select at, rule, key, what, detail from decisions order by rowid').all()
      const alerts = db
        .prepare(
          'select rule, key, status, severity, since, changed, summary from alerts order by since, rule, key',
        )
        .all()
      return {
        messages,
        undelivered: Number(undelivered?.count),
        decisions: decisions.map((row) => ({ ...row, detail: String(row.detail).replace(IDS, 'ID') })),
        alerts: alerts.map((row) => ({ ...row })),
        arrived: this.#arrived,
        kills: this.#kills,
        unmet: this.#armed.length + this.#later.length,
        drafts: this.#drafts,
        leftOver: this.#draftsNow(),
        journaledUnanswered: this.#journaledUnanswered,
      }
    } finally {
      db.close()
    }
  }
}

function nameOf({
  host,
  service,
}: {
  readonly host: string | null
  readonly service: string | null
}): string {
  return `${host} ${service}`
}

/** Ids hold positions of the journal, where each start of the hub takes one. */
const IDS = /\b\d{16}-\d+-\d+-\d+\b/g

/** What two runs may have in common. */
export function withoutIds(told: unknown): unknown {
  return JSON.parse(JSON.stringify(told).replace(IDS, 'ID'))
}
