using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>What the rows of a move, as they are now, say of a write of it whose answer was lost (<see cref="LostWrite"/>). Pure.</summary>
internal static class MoveSight
{
    /// <summary>
    /// Of a write that removes a dead letter: one that is there in another state says that it never was carried out, since nobody brings
    /// it back.
    /// </summary>
    /// <param name="before">As the write wanted it.</param>
    public static Sight OfRemoved(BatchRow before, BatchRow? now) =>
        now is null ? Sight.Changed
        : now.ETag == before.ETag ? Sight.Untouched
        : Sight.NeverOurs;

    /// <summary>Of a write that inserts a message: one that is not there says nothing, since it may have been consumed.</summary>
    public static Sight OfInserted(BatchRow? now) => now is null ? Sight.Unread : Sight.Ours;

    /// <summary>
    /// Of a write that says of a dead letter that it is on its way: the name of the transfer stays in its row, even if it is ready again,
    /// until another transfer takes it.
    /// </summary>
    /// <inheritdoc cref="OfRemoved"/>
    public static Sight OfMarked(BatchRow before, BatchRow? now, Guid transfer) =>
        now is null ? Sight.Changed
        : now.ETag == before.ETag ? Sight.Untouched
        : now.Transfer?.Id == transfer ? Sight.Ours
        : now.Transfer?.Id == before.Transfer?.Id ? Sight.NeverOurs
        : Sight.Changed;

    /// <summary>
    /// Of the writes that insert a transfer's messages and close it, of which one is carried out, whoever sends them; a transfer whose row
    /// has gone may have been over before.
    /// </summary>
    public static Sight OfClosed(TransferRow? now) =>
        now is null ? Sight.Changed
        : now.IsClosed ? Sight.Ours
        : Sight.Untouched;
}
