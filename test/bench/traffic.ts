// What goes over SSH connections, counted at the socket: pure, so that relay.ts only moves bytes. Used by the benchmark and by tests.

export interface TrafficCount {
  readonly connections: number;
  /** Of both directions, encrypted. */
  readonly bytes: number;
  /** How often the client spoke after the host had, or first: what a distant host makes one wait for. */
  readonly roundTrips: number;
}

/** The traffic of any number of connections since the last `reset`. */
export class Traffic {
  #connections = 0;
  #bytes = 0;
  #roundTrips = 0;

  get count(): TrafficCount {
    return { connections: this.#connections, bytes: this.#bytes, roundTrips: this.#roundTrips };
  }

  reset(): void {
    this.#connections = 0;
    this.#bytes = 0;
    this.#roundTrips = 0;
  }

  /** A new connection, to be told what passes it. */
  connect(): { fromClient(bytes: number): void; fromHost(bytes: number): void } {
    this.#connections += 1;
    let speaker: 'client' | 'host' | 'nobody' = 'nobody';
    return {
      fromClient: (bytes) => {
        if (speaker !== 'client') this.#roundTrips += 1;
        speaker = 'client';
        this.#bytes += bytes;
      },
      fromHost: (bytes) => {
        speaker = 'host';
        this.#bytes += bytes;
      },
    };
  }
}
