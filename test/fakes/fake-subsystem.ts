// What the host in memory needs of each subsystem: one file each (fake-ip.ts, fake-ipset.ts, fake-ipvs.ts), held to the contract.

export interface FakeSubsystem {
  /** Its section of a reading, as the host's `read_NAME` prints it. */
  read(): string;
  /** A step's text. Throws `RestoreFailed` with the tool's words at the line that it refuses; lines before it stay done, as with the real tool. */
  run(text: string): void;
  /** As `undo_NAME`: what is gone or there already is no error. Throws `RestoreFailed` where it fails. */
  undo(text: string): void;
  /** As `fingerprint_NAME` prints them. */
  fingerprints(): readonly string[];
  /** As it is in a new network namespace, for a proof. */
  fresh(): FakeSubsystem;
  /** What a proof saves. */
  save(): string;
}
