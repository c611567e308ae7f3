namespace FuncQueue.Engine.Shards;

/// <summary>What a process sees of a row that others may want, too.</summary>
/// <param name="IsTaken">Others are at work on it.</param>
/// <param name="IsToBeHad">There is a message in it that can be handed out, and is not left to others.</param>
internal readonly record struct SeenRow(int Lane, bool IsTaken, bool IsToBeHad);

/// <summary>
/// Where a process scans that is to keep out of the way of others: far from the rows that they are at work on, since they come there in the
/// order of keys and go on in it. Pure.
/// </summary>
internal static class FreePlace
{
    /// <summary>So many rows away from others is far enough.</summary>
    private const int Room = 64;

    /// <summary>
    /// A row to begin at, drawn by chance among those that lie far enough behind what others are at work on, and before it or the end, or
    /// else as far as there are. Null: others are at work on all of them.
    /// </summary>
    /// <param name="taken">Of each row, in the order of keys, whether others are at work on it.</param>
    /// <param name="random">Draws a number below the one given.</param>
    public static int? Choose(IReadOnlyList<bool> taken, Func<int, int> random)
    {
        var rooms = RoomsOf(taken);
        for (var least = Room; least > 0; least /= 2)
        {
            var places = Enumerable.Range(0, taken.Count).Where(i => rooms[i] >= least).ToList();
            if (places.Count > 0)
                return places[random(places.Count)];
        }

        return null;
    }

    /// <summary>
    /// The rows of a page that are worth knowing: from a place to begin at up to where others are at work. Null: all, because nothing is to
    /// be had but what they are at work on.
    /// </summary>
    /// <param name="elsewhere">Whether to begin at some place in the page, else at its beginning.</param>
    /// <inheritdoc cref="Choose"/>
    public static Range? PartOf(IReadOnlyList<SeenRow> page, bool elsewhere, Func<int, int> random)
    {
        var (from, first) = (0, FirstToBeHad(0, page.Count));
        if (first < 0)
            return null;
        if (elsewhere)
        {
            // Not into another lane: what comes first in the order of delivery stays first.
            var lane = page.Skip(first).TakeWhile(row => row.Lane == page[first].Lane).Select(row => row.IsTaken).ToList();
            if (FirstToBeHad(first + Choose(lane, random)!.Value, first + lane.Count) is >= 0 and var chosen)
                from = first = chosen;
        }

        var to = first;
        while (to < page.Count && !page[to].IsTaken)
            to++;
        return from..to;

        int FirstToBeHad(int at, int end)
        {
            while (at < end && !(page[at].IsToBeHad && !page[at].IsTaken))
                at++;
            return at < end ? at : -1;
        }
    }

    /// <summary>How many rows away others are at work, or the rows end, on that side on which it is nearer.</summary>
    private static int[] RoomsOf(IReadOnlyList<bool> taken)
    {
        var (rooms, room) = (new int[taken.Count], Room);
        for (var i = 0; i < rooms.Length; i++)
            rooms[i] = room = taken[i] ? 0 : room + 1;
        room = 0;
        for (var i = rooms.Length - 1; i >= 0; i--)
            rooms[i] = Math.Min(rooms[i], room = taken[i] ? 0 : room + 1);
        return rooms;
    }
}
