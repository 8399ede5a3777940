/** Everything that can be set of a flag, in the order in which it decides, and what the edit would do while one types. */
import { Alert, Button, Group, Menu, Stack, Text } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { Flag, Place } from '../../api/answers.ts';
import { useOnce } from '../../api/once.ts';
import { queries } from '../../api/queries.ts';
import { addressIn } from '../../app/place.ts';
import { DifferencesInWords } from '../differences/differences.tsx';
import { differencesOf } from '../differences/settings-words.ts';
import { EditConflict } from '../edit-conflict.tsx';
import { ReviewEdit } from '../review-edit.tsx';
import { Section } from '../section.tsx';
import { View } from '../view.tsx';
import { withTargetingOf } from './draft.ts';
import { EditBar } from './edit-bar.tsx';
import { EditorSections } from './editor-sections.tsx';
import classes from './flag-editor.module.css';
import { IssuesProvider, NO_ISSUES } from './issues.tsx';
import { unitsOf, useTriedUnits } from './tried-units.ts';
import { type FlagEdit, type KeptSettings, useFlagEdit } from './use-flag-edit.ts';
import { type Previewed, usePreview } from './use-preview.ts';
import { lacksReason, useSaveEdit } from './use-save-edit.tsx';
import { WhoIsIn } from './who-is-in.tsx';

export interface FlagEditorProps {
  readonly flag: Flag;
  readonly place: Place;
  readonly kept: KeptSettings;
}

export function FlagEditor({ flag, place, kept }: FlagEditorProps) {
  const edit = useFlagEdit(place, flag.name, kept);
  const [tried, setTried] = useTriedUnits();
  const [isUnready, setIsUnready] = useState(false);
  const [isReviewed, setIsReviewed] = useState(false);
  const previewed = usePreview(place, flag.name, edit.patch, unitsOf(tried));
  const { preview } = previewed;
  return (
    <View
      title={`Edit ${flag.name}`}
      hint={`As it is in ${place.environment}`}
      actions={<TakeOver flag={flag} place={place} edit={edit} />}
    >
      <Overtaken flag={flag} place={place} kept={kept} edit={edit} />
      <IssuesProvider issues={preview?.refusal?.issues ?? NO_ISSUES}>
        <div className={classes.columns}>
          <div>
            <EditorSections key={edit.version} flag={flag} place={place} edit={edit} onUnready={setIsUnready} />
          </div>
          <div>
            <Stack gap="md" pos="sticky" top={72}>
              <Section title="Who would be in">
                <WhoIsIn tried={tried} onTry={setTried} preview={preview} />
              </Section>
              <Changes previewed={previewed} />
            </Stack>
          </div>
        </div>
      </IssuesProvider>
      <EditBar
        edit={edit}
        previewed={previewed}
        isUnready={isUnready}
        onReview={() => setIsReviewed(true)}
        onLeave={addressIn(place, 'flags', flag.name)}
      />
      {isReviewed && <Review flag={flag} place={place} edit={edit} previewed={previewed} onClose={() => setIsReviewed(false)} />}
    </View>
  );
}

function Changes({ previewed: { preview } }: { readonly previewed: Previewed }) {
  const differences = preview?.after == null ? [] : differencesOf(preview.before ?? {}, preview.after);
  return (
    <Section title="What changes">
      {differences.length === 0 ? (
        <Text size="sm" c="dimmed">
          {preview?.refusal == null ? 'Nothing yet.' : 'This cannot be as it stands there.'}
        </Text>
      ) : (
        <DifferencesInWords differences={differences} />
      )}
    </Section>
  );
}

function Overtaken({ flag, place, kept, edit }: FlagEditorProps & { readonly edit: FlagEdit }) {
  const { isOvertaken, bringBack, startOver, putOnTop, base, draft } = edit;
  if (isOvertaken)
    return (
      <EditConflict
        name={flag.name}
        place={place}
        base={base}
        theirs={kept.settings}
        mine={draft}
        onTakeTheirs={startOver}
        onKeepMine={putOnTop}
      />
    );
  if (bringBack === null) return null;
  return (
    <Alert color="gray">
      <Group justify="space-between">
        <Text size="sm">Your edit was put aside.</Text>
        <Button size="xs" variant="default" onClick={bringBack}>
          Bring it back
        </Button>
      </Group>
    </Alert>
  );
}

interface EditOfFlag {
  readonly flag: Flag;
  readonly place: Place;
  readonly edit: FlagEdit;
}

/** Takes the targeting of another environment into the draft, to be read before it is saved. */
function TakeOver({ flag, place, edit }: EditOfFlag) {
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const { data: projects = [] } = useQuery(queries.projects());
  const others = projects.find(({ key }) => key === place.project)?.environments.filter(({ key }) => key !== place.environment);
  const take = async (environment: string): Promise<void> => {
    const { settings } = await client.fetchQuery(queries.flagSettings({ ...place, environment }, flag.name));
    edit.replace(withTargetingOf(edit.draft, settings));
  };
  const from = search.get('from');
  const taken = useRef<string | null>(null);
  // Once: until the address is another, the view is drawn more than once with this one.
  useEffect(() => {
    if (from === null || taken.current === from) return;
    taken.current = from;
    setSearch({}, { replace: true });
    void take(from);
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconCopy size={16} />}>
          Take targeting from
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others?.map(({ key, name }) => (
          <Menu.Item key={key} onClick={() => void take(key)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ReviewProps extends EditOfFlag {
  readonly previewed: Previewed;
  readonly onClose: () => void;
}

function Review({ flag, place, edit, previewed: { preview }, onClose }: ReviewProps) {
  const navigate = useNavigate();
  const { data: isProtected = true } = useQuery(queries.isProtected(place));
  const save = useSaveEdit({
    place,
    name: flag.name,
    revision: edit.revision,
    patch: edit.patch,
    onDone: () => {
      edit.forget();
      void navigate(addressIn(place, 'flags', flag.name));
    },
    onEnd: onClose,
  });
  const send = useOnce(save.mutateAsync);
  if (preview === undefined) return null;
  return (
    <ReviewEdit
      name={flag.name}
      preview={preview}
      isProtected={isProtected}
      unexplained={lacksReason(save.error) ? save.error.message : null}
      isRunning={save.isPending}
      onSave={(reason) => send({ reason, at: null })}
      onSchedule={(reason, at) => send({ reason, at })}
      onClose={onClose}
    />
  );
}
