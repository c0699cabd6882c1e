// Shell functions of subsystem ip: read, run a step, take one back, print fingerprints, and try in a namespace. programs.ts sends them.

/** `read_ip`, `run_ip FILE`, `undo_ip FILE`, `fingerprint_ip`, `prepare_ip`, `prove_ip FILE`, `save_ip`. */
export const IP_SHELL = `
read_ip() { :; }
run_ip() { return 70; }
undo_ip() { return 70; }
fingerprint_ip() { :; }
prepare_ip() { :; }
prove_ip() { :; }
save_ip() { :; }
`;
