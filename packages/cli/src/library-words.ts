/** The library names its methods where it says what to do next; here they are the commands that do it. */

const COMMANDS: Readonly<Record<string, string>> = {
  setFlag: 'sluice flag create',
  setRolloutPercentage: 'sluice flag set --percentage',
  enableFlag: 'sluice flag enable',
  restoreFlag: 'sluice flag unkill',
  disableFlag: 'sluice kill',
  addUserToFlag: 'sluice flag set --add-user',
  startRollout: 'sluice rollout start',
  resumeRollout: 'sluice rollout resume',
  approveStage: 'sluice rollout approve',
  approveStart: 'sluice rollout approve',
  rejectRollout: 'sluice rollout reject',
  promoteRollout: 'sluice rollout promote',
  abortRollout: 'sluice rollout abort',
  createTest: 'sluice test create',
  startTest: 'sluice test start',
  stopTest: 'sluice test stop',
  rollbackImmediate: 'sluice rollback now',
  rollbackGradual: 'sluice rollback gradual',
  rollbackTargeted: 'sluice rollback targeted',
  getRollbackHistory: 'sluice rollback history',
  shipWinner: 'sluice test ship',
};
const NAMES = new RegExp(`\\b(${Object.keys(COMMANDS).join('|')})\\b(?:\\("([^"]*)"[^)]*\\))?`, 'g');

export function inCommands(text: string): string {
  const options = text
    .replace('setFlag changes it now', '`sluice flag set` changes it now')
    .replace('give `validate`, `criteria`, or `unvalidated: true`', 'give --criterion, --validator, or --unvalidated')
    .replaceAll('pass onExisting: "merge" or "replace"', 'give --on-existing merge or replace')
    .replace(/^(?:listStale: query |simulateRollout: \/|query )(\w+) must/, (_, name: string) => `--${dashed(name)} must`)
    .replaceAll('pass force: true', 'give --force')
    .replaceAll('pass onConflict: "supersede"', 'give --supersede')
    .replace(/pass variant: /, 'give --variant ')
    .replace(/\/at must be an instant (such as "[^"]*"), milliseconds since 1970 or a Date/, '--at must be an instant $1');
  return options.replace(NAMES, (_, name: string, key?: string) => {
    const command = COMMANDS[name] ?? name;
    return `\`${key === undefined ? command : `${command} ${key}`}\``;
  });
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
