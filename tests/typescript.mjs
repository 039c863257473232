/*
 * What the console computes, for tests without a browser: bundles one of its sources as the build
 * does and imports it.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const web = path.join(path.dirname(fileURLToPath(import.meta.url)), '../modules/console/web');
const { build } = createRequire(path.join(web, 'package.json'))('esbuild');

/** The exports of a source, named from modules/console/web/src: 'lib/merge.ts'. */
export async function importTypeScript(source) {
	const { outputFiles } = await build({ entryPoints: [path.join(web, 'src', source)], bundle: true,
		write: false, format: 'esm', platform: 'neutral', jsx: 'automatic', jsxImportSource: 'preact',
		mainFields: ['module', 'main'], absWorkingDir: web });
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
