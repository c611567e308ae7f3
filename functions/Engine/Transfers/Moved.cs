namespace FuncQueue.Engine.Transfers;

/// <summary>Dead letters that are live again.</summary>
/// <param name="Ids">Their new ids, in the order of the dead letters; empty where nobody knows them.</param>
internal sealed record Moved(int Count, IReadOnlyList<MessageId> Ids)
{
    public static readonly Moved Nothing = new(0, []);
}
