using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// What a partition says of an append whose answer was lost (<see cref="LostWrite"/>): its head, and the row that the append would have put
/// behind the end of before. Pure.
/// </summary>
internal static class AppendSight
{
    /// <summary>Each append replaces the head by one that is further; what is stored never goes back.</summary>
    /// <param name="before">The head that the append was to replace.</param>
    public static Sight OfHead(LogHead before, LogHead now) =>
        now.ETag == before.ETag ? Sight.Untouched
        : now.Next == before.Next ? Sight.NeverOurs
        : Sight.Changed;

    /// <summary>
    /// Once the head is further, what is at an offset never changes: the row is there if the append was carried out, and another's or none
    /// if it was not, unless it may have been removed, as what is older than <see cref="EngineOptions.MinRecordAge"/>.
    /// </summary>
    /// <param name="own">The append's id.</param>
    /// <param name="found">The ids of the appends whose records are in the row; null: there is no such row.</param>
    /// <param name="age">How long ago the append was sent.</param>
    /// <param name="minAge">Younger rows are not removed.</param>
    public static Sight OfFirstRow(Guid own, IEnumerable<Guid>? found, TimeSpan age, TimeSpan minAge) =>
        found?.Contains(own) == true ? Sight.Ours
        : found is null && age >= minAge ? Sight.Unread
        : Sight.NeverOurs;
}
