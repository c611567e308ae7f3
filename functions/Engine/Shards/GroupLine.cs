namespace FuncQueue.Engine.Shards;

/// <summary>The rows in memory that have messages of one group in one lane, oldest first, and the group's place among the others.</summary>
internal sealed class GroupLine(ulong group, int lane)
{
    public static readonly IComparer<GroupLine> ByTurn = Comparer<GroupLine>.Create(
        static (a, b) => (a.Turn, a.Age, a.Group).CompareTo((b.Turn, b.Age, b.Group))
    );

    public static readonly IComparer<GroupLine> ByWaking = Comparer<GroupLine>.Create(
        static (a, b) => (a.WakesAt, a.Group, a.Lane).CompareTo((b.WakesAt, b.Group, b.Lane))
    );

    private readonly List<(long Age, string Key, DateTimeOffset ActionableAt)> rows = [];

    public ulong Group => group;

    public int Lane => lane;

    public bool IsEmpty => rows.Count == 0;

    /// <summary>Its turn, when it was last placed.</summary>
    public long Turn { get; private set; }

    /// <summary>Of its first row with something to do, when it was last placed.</summary>
    public long Age { get; private set; }

    /// <summary>When there will be something to do in a row before that one, or in any if there is none, when it was last placed.</summary>
    public DateTimeOffset WakesAt { get; private set; }

    /// <summary>The keys of the rows with something to do.</summary>
    public IEnumerable<string> ActionableAt(DateTimeOffset now) => rows.Where(r => r.ActionableAt <= now).Select(r => r.Key);

    /// <summary>Takes in a row: whether it is new, and whether that makes a difference.</summary>
    public (bool IsNew, bool IsDifferent) Put(string key, long age, DateTimeOffset actionableAt)
    {
        var at = Find(key, age);
        if (at < 0)
        {
            rows.Insert(~at, (age, key, actionableAt));
            return (true, true);
        }

        if (rows[at].ActionableAt == actionableAt)
            return (false, false);
        rows[at] = (age, key, actionableAt);
        return (false, true);
    }

    public bool Remove(string key, long age)
    {
        var at = Find(key, age);
        if (at >= 0)
            rows.RemoveAt(at);
        return at >= 0;
    }

    /// <summary>Finds its place anew; must not be in any order meanwhile. True: there is something to do now.</summary>
    public bool Place(long turn, DateTimeOffset now)
    {
        (Turn, WakesAt) = (turn, DateTimeOffset.MaxValue);
        foreach (var row in rows)
        {
            if (row.ActionableAt <= now)
            {
                Age = row.Age;
                return true;
            }

            if (row.ActionableAt < WakesAt)
                WakesAt = row.ActionableAt;
        }

        return false;
    }

    private int Find(string key, long age)
    {
        var (low, high) = (0, rows.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = rows[middle].Age.CompareTo(age);
            if (order == 0)
                order = string.CompareOrdinal(rows[middle].Key, key);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }
}
