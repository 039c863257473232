/*
 * The server that was built with OpenID Connect, in the place of the ordinary one. Import this
 * before lib/server.mjs, which starts what it finds.
 */
import path from 'node:path';

export const WITHOUT_OIDC = process.env.LIANDONG_BIN ?? 'build/liandong';
process.env.LIANDONG_BIN = path.join(path.dirname(WITHOUT_OIDC), 'oidc/liandong');
