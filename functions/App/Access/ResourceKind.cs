namespace FuncQueue.Functions.Access;

internal enum ResourceKind
{
    Queue,
    Topic,
}
