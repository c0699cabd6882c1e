// `npm run provider:install -- DIR`: puts the provider into a folder of plain HCL and says what to write there.
import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { PROVIDER_SOURCE, PROVIDER_VERSION, installProvider } from '../install/provider';

const WHAT_NEXT = `
What to write there, say in main.tf:

  terraform {
    required_providers {
      gatewright = { source = "${PROVIDER_SOURCE}", version = "${PROVIDER_VERSION}" }
    }
  }
  resource "gatewright_host" "gateway" {
    address = "192.0.2.1"
    parts = {
      "10-forwarding" = "sysctl net.ipv4.ip_forward=1"
    }
  }

Then, in that folder: terraform init && terraform plan
`;

function install(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(
      `${folder} is no folder\nto do: name a folder of Terraform configuration, or make it first`,
    );
  }
  const written = installProvider(resolve(folder));
  process.stdout.write(`Gatewright ${PROVIDER_VERSION} is installed in ${folder}:\n`);
  for (const path of written) process.stdout.write(`  ${relative(resolve(folder), path)}\n`);
  process.stdout.write(WHAT_NEXT);
}

const program = new Command('provider:install')
  .usage('-- DIR')
  .description(
    'Installs the Terraform provider into a folder of plain HCL, where `terraform init` finds it offline and with no\n' +
      'CLI configuration. Run it again after an update of Gatewright.',
  )
  .argument('<dir>', 'folder with the *.tf files')
  .action(install);

try {
  program.parse();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
