// Shell functions of subsystem ipvs: read, run a step, take one back, print fingerprints, and try in a namespace. programs.ts sends them.

/** `read_ipvs`, `run_ipvs FILE`, `undo_ipvs FILE`, `fingerprint_ipvs`, `prepare_ipvs`, `prove_ipvs FILE`, `save_ipvs`. */
export const IPVS_SHELL = `
read_ipvs() { :; }
run_ipvs() { return 70; }
undo_ipvs() { return 70; }
fingerprint_ipvs() { :; }
prepare_ipvs() { :; }
prove_ipvs() { :; }
save_ipvs() { :; }
`;
