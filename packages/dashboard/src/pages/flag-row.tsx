/** A flag in the list: what it is for, how much of it is served, and how it stands. */
import { Badge } from '@mantine/core';
import { memo } from 'react';
import { Link } from 'react-router';
import type { Flag, Place } from '../api/answers.ts';
import { addressIn } from '../app/place.ts';
import { StatusBadge } from '../parts/phase-badge.tsx';
import classes from './flag-row.module.css';

/** In pixels, as the styles of a row say. */
export const ROW_HEIGHT = 60;
const MOST_TAGS = 3;

export interface FlagRowProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly isFirst: boolean;
}

/** While one scrolls, rows that stay are not drawn anew. */
export const FlagRow = memo(function FlagRow({ flag, place, isFirst }: FlagRowProps) {
  const { name, description, tags, servedPercentage } = flag;
  return (
    <Link to={addressIn(place, 'flags', name)} className="row-link">
      <div className={classes.row} data-first={isFirst || undefined}>
        <div className={classes.about}>
          <div className={`${classes.name} row-name`}>{name}</div>
          <div className={classes.description}>{description === '' ? 'no description' : description}</div>
        </div>
        {tags.length > 0 && (
          <div className={classes.tags}>
            {tags.slice(0, MOST_TAGS).map((tag) => (
              <Badge key={tag} variant="default" size="sm" tt="none">
                {tag}
              </Badge>
            ))}
          </div>
        )}
        <div className={classes.share} role="img" aria-label={`${servedPercentage} % served`}>
          <div className={classes.served} style={{ width: `${servedPercentage}%` }} />
        </div>
        <div className={classes.status}>
          <StatusBadge flag={flag} />
        </div>
      </div>
    </Link>
  );
});
