<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Settings</name>
    <message numerus="yes">
        <source>%n problems were found</source>
        <translation>
            <numerusform>%n problem was found</numerusform>
            <numerusform>%n problems were found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n transfers have not ended; Transfers shows them</source>
        <translation>
            <numerusform>%n transfer has not ended; Transfers shows it</numerusform>
            <numerusform>%n transfers have not ended; Transfers shows them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions will be deleted within a week and are not archived</source>
        <translation>
            <numerusform>%n session will be deleted within a week and is not archived</numerusform>
            <numerusform>%n sessions will be deleted within a week and are not archived</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions were found on this computer</source>
        <translation>
            <numerusform>%n session was found on this computer</numerusform>
            <numerusform>%n sessions were found on this computer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This computer's clock is right (%n seconds apart)</source>
        <translation>
            <numerusform>This computer's clock is right (%n second apart)</numerusform>
            <numerusform>This computer's clock is right (%n seconds apart)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This computer's clock is wrong by %n seconds, and S3 refuses requests with a wrong time. Let the system set it from the network.</source>
        <translation>
            <numerusform>This computer's clock is wrong by %n second, and S3 refuses requests with a wrong time. Let the system set it from the network.</numerusform>
            <numerusform>This computer's clock is wrong by %n seconds, and S3 refuses requests with a wrong time. Let the system set it from the network.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions</source>
        <translation>
            <numerusform>%n session</numerusform>
            <numerusform>%n sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions are listed.</source>
        <translation>
            <numerusform>%n session is listed.</numerusform>
            <numerusform>%n sessions are listed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading {read} of %n sessions…</source>
        <translation>
            <numerusform>Reading {read} of %n session…</numerusform>
            <numerusform>Reading {read} of %n sessions…</numerusform>
        </translation>
    </message>
</context>
</TS>
