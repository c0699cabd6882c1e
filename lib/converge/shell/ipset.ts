// Shell functions of subsystem ipset: read, run a step, take one back, print fingerprints, and try in a namespace. programs.ts sends them.

/** `read_ipset`, `run_ipset FILE`, `undo_ipset FILE`, `fingerprint_ipset`, `prepare_ipset`, `prove_ipset FILE`, `save_ipset`. */
export const IPSET_SHELL = `
read_ipset() { :; }
run_ipset() { return 70; }
undo_ipset() { return 70; }
fingerprint_ipset() { :; }
prepare_ipset() { :; }
prove_ipset() { :; }
save_ipset() { :; }
`;
