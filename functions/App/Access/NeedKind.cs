namespace FuncQueue.Functions.Access;

internal enum NeedKind
{
    Nothing,
    Credential,
    Somewhere,
    Right,
    HostKey,
}
