/** The guides, as they stand in the repository of this version: they need no network but this server. */
import { Anchor, Paper, Table, Typography } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import Markdown from 'react-markdown';
import { Link, useLocation, useParams } from 'react-router';
import rehypeSlug from 'rehype-slug';
import remarkGfm from 'remark-gfm';
import { headingAt, pageAt } from '../app/help.ts';
import { addressIn, usePlace } from '../app/place.ts';
import { Asked } from '../parts/asked.tsx';
import code from '../parts/code-block.module.css';
import { Nothing } from '../parts/nothing.tsx';
import { View } from '../parts/view.tsx';
import classes from './help-page.module.css';

const PREFIX = '../../../../';
const texts: Readonly<Record<string, () => Promise<string>>> = import.meta.glob<string>(
  ['../../../../docs/guides/*.md', '../../../../docs/reference/*.md', '../../../../docs/*.md', '../../../../DEPLOYMENT_GUIDE.md'],
  { query: '?raw', import: 'default' },
);
const textOf = (page: string): (() => Promise<string>) | undefined =>
  texts[`${PREFIX}docs/${page}.md`] ?? texts[`${PREFIX}${page}.md`];

export function HelpPage() {
  const { '*': page = '' } = useParams();
  const load = textOf(page);
  const text = useQuery({ queryKey: ['help', page], queryFn: () => load?.() ?? '', staleTime: Number.POSITIVE_INFINITY });
  if (load === undefined) return <Nothing title="There is no such guide" hint="The address may be of another version." />;
  return (
    <View title="Help" hint={`${page}.md`}>
      <Asked query={text}>{(found) => <Guide key={page} page={page} text={found} />}</Asked>
    </View>
  );
}

function Guide({ page, text }: { readonly page: string; readonly text: string }) {
  const place = usePlace();
  const location = useLocation();
  // Of the whole location: the same link followed again leads there again.
  useEffect(() => show(headingAt(location.hash)), [location]);
  return (
    <Paper withBorder p="lg" radius="md" maw={860}>
      <Typography>
        <Markdown
          remarkPlugins={[remarkGfm]}
          rehypePlugins={[rehypeSlug]}
          components={{
            img: () => null,
            pre: ({ children }) => <pre className={code.block}>{children}</pre>,
            h1: ({ children, id }) => <Heading as="h2" id={id} text={children} />,
            h2: ({ children, id }) => <Heading as="h3" id={id} text={children} />,
            h3: ({ children, id }) => <Heading as="h4" id={id} text={children} />,
            table: ({ children }) => (
              <Table.ScrollContainer minWidth={480}>
                <table>{children}</table>
              </Table.ScrollContainer>
            ),
            a: ({ href = '', children }) => {
              if (/^https?:/.test(href)) return <Anchor href={href}>{children}</Anchor>;
              const to = pageAt(page, href);
              if (to === null || textOf(to) === undefined) return children;
              const heading = headingAt(href);
              const hash = heading === null ? '' : `#${encodeURIComponent(heading)}`;
              return (
                <Anchor component={Link} to={`${addressIn(place, 'help', ...to.split('/'))}${hash}`}>
                  {children}
                </Anchor>
              );
            },
          }}
        >
          {text}
        </Markdown>
      </Typography>
    </Paper>
  );
}

interface HeadingProps {
  readonly as: 'h2' | 'h3' | 'h4';
  readonly id: string | undefined;
  readonly text: ReactNode;
}

/** Takes the focus of whoever is led to it, and is no stop for the keyboard otherwise. */
function Heading({ as: Tag, id, text }: HeadingProps) {
  return (
    <Tag id={id} tabIndex={-1} className={classes.heading}>
      {text}
    </Tag>
  );
}

/** The page from its beginning where there is no such heading: whoever followed a link at the end of another guide stands at that end. */
function show(heading: string | null): void {
  const found = heading === null ? null : document.getElementById(heading);
  if (found === null) return void window.scrollTo(0, 0);
  found.scrollIntoView();
  found.focus({ preventScroll: true });
}
