// Whether a prop has the shape that its type says: TypeScript sees to that, but not where JavaScript, `any`, a file or the environment gives it.
import type { Check } from './checks';
import { checkKnown } from './checks';
import { isUnknown } from './framework';

/** Runs the check where the prop is given. */
export function ifGiven(check: CheckShape): CheckShape {
  return (prop, value) => (value === undefined ? undefined : check(prop, value));
}

/** Says what is wrong with the shape of a prop. */
export type CheckShape = (prop: string, value: unknown) => Check;

/** True or false; not the words, of which `'false'` would be taken for true. */
export const checkBoolean: CheckShape = (prop, value) =>
  typeof value === 'boolean'
    ? undefined
    : (checkKnown(prop, value) ?? wrongShape(prop, value, 'true or false, without quotes'));

/** A text. */
export const checkText: CheckShape = (prop, value) =>
  typeof value === 'string' ? undefined : wrongShape(prop, value, 'a text');

/** A list of texts; a token that stands for the whole list is refused. */
export const checkTexts: CheckShape = (prop, value) => {
  const known = typeof value === 'string' ? undefined : checkKnown(prop, value);
  if (known !== undefined) return known;
  if (!Array.isArray(value)) return wrongShape(prop, value, 'a list of texts');
  const index = value.findIndex((each) => typeof each !== 'string');
  return index < 0 ? undefined : wrongShape(`${prop}[${index}]`, value[index], 'a text');
};

/** A text, or a list of texts. */
export const checkTextOrTexts: CheckShape = (prop, value) =>
  typeof value === 'string' ? undefined : checkTexts(prop, value);

/** An object with props of its own. */
export const checkWithProps: CheckShape = (prop, value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : wrongShape(prop, value, 'an object with props');

/** A list of objects with props of their own. */
export const checkListWithProps: CheckShape = (prop, value) => {
  if (!Array.isArray(value)) return wrongShape(prop, value, 'a list of objects');
  const index = value.findIndex((each: unknown) => checkWithProps(prop, each) !== undefined);
  return index < 0 ? undefined : checkWithProps(`${prop}[${index}]`, value[index]);
};

function wrongShape(prop: string, value: unknown, allowed: string): Check {
  return {
    code: 'wrong-shape',
    what: `${prop} is not ${allowed.split(',')[0] ?? allowed}`,
    given: printed(value),
    allowed,
  };
}

function printed(value: unknown): string {
  if (value === undefined) return 'nothing';
  return isUnknown(value) ? 'a token' : JSON.stringify(value);
}
