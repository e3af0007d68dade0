/** What was read of a machine at one moment. A part that the system does not tell is missing, and gives no events. */
export interface Reading {
  /** The name of the machine. */
  readonly host: string
  /** Time spent since boot by all processors together, by collectd's names of the states, in any unit. */
  readonly cpu?: Counters
  /** The average over 1, 5 and 15 minutes. */
  readonly load?: readonly [number, number, number]
  /** Bytes, by collectd's names; the parts add up to the whole memory. */
  readonly memory?: Counters
  readonly filesystems: readonly Filesystem[]
  /** Counters since boot of each network interface. */
  readonly interfaces: readonly NetworkInterface[]
  /** Seconds since boot. */
  readonly uptime?: number
  /** What could not be read, and why: the part, a colon, the reason. */
  readonly problems: readonly string[]
}

export type Counters = Readonly<Record<string, number>>

/** A mounted filesystem, counted as statfs counts. */
export interface Filesystem {
  readonly mountPoint: string
  /** Bytes of a block. */
  readonly blockSize: number
  readonly blocks: number
  /** Free blocks: all of them, and those that an ordinary user may take. */
  readonly free: number
  readonly available: number
}

export interface NetworkInterface {
  readonly name: string
  readonly octets: Traffic
  readonly packets: Traffic
  readonly errors: Traffic
  readonly dropped: Traffic
}

export interface Traffic {
  readonly rx: number
  readonly tx: number
}

/** Reads the machine; what can't be read is told in `problems`, without rejecting. */
export type ReadHost = () => Promise<Reading>
