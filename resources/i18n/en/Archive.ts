<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Archive</name>
    <message numerus="yes">
        <source>%Ln companions</source>
        <translation>
            <numerusform>%Ln companion</numerusform>
            <numerusform>%Ln companions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Download %Ln sessions</source>
        <translation>
            <numerusform>Download %Ln session</numerusform>
            <numerusform>Download %Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask for the return of %Ln sessions?</source>
        <translation>
            <numerusform>Ask for its return?</numerusform>
            <numerusform>Ask for the return of %Ln sessions?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It lies in {storage} and cannot be read at once. S3 makes a readable copy; what is archived stays as it is. AWS charges for the return.</source>
        <translation>
            <numerusform>It lies in {storage} and cannot be read at once. S3 makes a readable copy; what is archived stays as it is. AWS charges for the return.</numerusform>
            <numerusform>They lie in {storage} and cannot be read at once. S3 makes readable copies; what is archived stays as it is. AWS charges for the return.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Download it as soon as it is there</source>
        <translation>
            <numerusform>Download it as soon as it is there</numerusform>
            <numerusform>Download them as soon as they are there</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln sessions from the archive?</source>
        <translation>
            <numerusform>Delete %Ln session from the archive?</numerusform>
            <numerusform>Delete %Ln sessions from the archive?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>S3 puts a marker over every file of it and destroys nothing: all versions are kept, and Undelete brings it back.</source>
        <translation>
            <numerusform>S3 puts a marker over every file of it and destroys nothing: all versions are kept, and Undelete brings it back.</numerusform>
            <numerusform>S3 puts a marker over every file of them and destroys nothing: all versions are kept, and Undelete brings them back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What is on this computer stays. There the session then counts as new, so that archiving it again stores it again.</source>
        <translation>
            <numerusform>What is on this computer stays. There the session then counts as new, so that archiving it again stores it again.</numerusform>
            <numerusform>What is on this computer stays. There the sessions then count as new, so that archiving them again stores them again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln sessions</source>
        <translation>
            <numerusform>Delete %Ln session</numerusform>
            <numerusform>Delete %Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask for the return of %Ln sessions…</source>
        <translation>
            <numerusform>Ask for its return…</numerusform>
            <numerusform>Ask for the return of %Ln sessions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Undelete %Ln sessions</source>
        <translation>
            <numerusform>Undelete %Ln session</numerusform>
            <numerusform>Undelete %Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln sessions…</source>
        <translation>
            <numerusform>Delete %Ln session…</numerusform>
            <numerusform>Delete %Ln sessions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Asking for the return of %Ln sessions…</source>
        <translation>
            <numerusform>Asking for the return of %Ln session…</numerusform>
            <numerusform>Asking for the return of %Ln sessions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>S3 is bringing %Ln sessions back.</source>
        <translation>
            <numerusform>S3 is bringing %Ln session back.</numerusform>
            <numerusform>S3 is bringing %Ln sessions back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions could not be asked for: {reason}</source>
        <translation>
            <numerusform>%Ln session could not be asked for: {reason}</numerusform>
            <numerusform>%Ln sessions could not be asked for: {reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deleting %Ln sessions…</source>
        <translation>
            <numerusform>Deleting %Ln session…</numerusform>
            <numerusform>Deleting %Ln sessions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Undeleting %Ln sessions…</source>
        <translation>
            <numerusform>Undeleting %Ln session…</numerusform>
            <numerusform>Undeleting %Ln sessions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions deleted; all versions are kept.</source>
        <translation>
            <numerusform>%Ln session deleted; all versions are kept.</numerusform>
            <numerusform>%Ln sessions deleted; all versions are kept.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions are back in the archive.</source>
        <translation>
            <numerusform>%Ln session is back in the archive.</numerusform>
            <numerusform>%Ln sessions are back in the archive.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions could not be deleted: {reason}</source>
        <translation>
            <numerusform>%Ln session could not be deleted: {reason}</numerusform>
            <numerusform>%Ln sessions could not be deleted: {reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions could not be undeleted: {reason}</source>
        <translation>
            <numerusform>%Ln session could not be undeleted: {reason}</numerusform>
            <numerusform>%Ln sessions could not be undeleted: {reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions</source>
        <translation>
            <numerusform>%Ln session</numerusform>
            <numerusform>%Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions have their titles again.</source>
        <translation>
            <numerusform>%Ln session has its title again.</numerusform>
            <numerusform>%Ln sessions have their titles again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln files could not be read: {reason}</source>
        <translation>
            <numerusform>%Ln file could not be read: {reason}</numerusform>
            <numerusform>%Ln files could not be read: {reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln sessions have no title here.</source>
        <translation>
            <numerusform>%Ln session has no title here.</numerusform>
            <numerusform>%Ln sessions have no title here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln more</source>
        <translation>
            <numerusform>Show %Ln more</numerusform>
            <numerusform>Show %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln versions so far</source>
        <translation>
            <numerusform>%Ln version so far</numerusform>
            <numerusform>%Ln versions so far</numerusform>
        </translation>
    </message>
</context>
</TS>
