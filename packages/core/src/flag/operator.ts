/** What an operator of a condition is made of: a check of its argument at write, and a test of an attribute's value. */

/** Why an argument is none for this operator, or null. */
export type ArgumentCheck = (argument: unknown) => string | null;

/** Whether an attribute's value fits. Total: a type that the operator does not know never fits and never throws. */
export type ValueTest = (value: unknown) => boolean;
