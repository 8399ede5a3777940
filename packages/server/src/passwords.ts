/** Passwords: argon2id, and the same time for who is not there. */

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

let decoy: Promise<string> | null = null;

/** Loaded when somebody first logs in: a server that only answers SDKs does without it. */
const argon2 = () => import('@node-rs/argon2');

export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  return hash(password, COST);
}

/** Where there is no hash, one is compared all the same: how long it takes tells nobody who exists. */
export async function isPassword(password: string, kept: string | null | undefined): Promise<boolean> {
  const { verify } = await argon2();
  decoy ??= hashPassword('nobody has this password');
  const isRight = await verify(kept ?? (await decoy), password).catch(() => false);
  return isRight && kept !== null && kept !== undefined;
}
