// The app that `cdktf deploy` runs: the example of two hosts in the lab that `npm run lab -- up examples/cluster-ip/lab.json` brings up.
import { App } from 'cdktf';
import { ClusterIpExample } from './examples/cluster-ip/main';

const app = new App();
new ClusterIpExample(app, 'cluster-ip');
app.synth();
