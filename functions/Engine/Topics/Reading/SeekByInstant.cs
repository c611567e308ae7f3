using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>
/// Finds the first record that was published at an instant or later, by a few small pages of rows. Times rise with offsets, so a guess
/// between two known places is taken from the times there, which is right at once where records come evenly; where that does not help, in
/// the middle, which is never far off, and ever more often.
/// </summary>
/// <param name="page">The first rows at or after an offset, a page of them.</param>
internal sealed class SeekByInstant(Func<long, Task<IReadOnlyList<RecordPlace>>> page)
{
    /// <summary>The record's offset; without any, <paramref name="next"/>.</summary>
    /// <param name="next">The next offset of the partition, read before.</param>
    /// <param name="lastPublishedAt">When the record before that was published; null: there was none.</param>
    public async Task<long> FindAsync(DateTimeOffset instant, long next, DateTimeOffset? lastPublishedAt)
    {
        if (lastPublishedAt is not { } end || end < instant)
            return next;
        var first = await page(0);
        if (Find(first) is { } soon)
            return soon;
        if (first.Count == 0)
            return next;
        // Every record below `low` is too old; every one from `high` on is not, and `answer` is the first of those.
        var (low, lowAt) = (first[^1].Last + 1, first[^1].PublishedAt);
        var (high, highAt, answer) = (next, end, next);
        var width = low - first[0].First;
        // How many halvings follow a guess by times, and how many are still to come.
        var (halvings, left) = (0, 0);
        for (var range = long.MaxValue; low < high; )
        {
            if (left == 0)
            {
                halvings = high - low <= range / 4 ? 0 : (2 * halvings) + 1;
                (left, range) = (halvings, high - low);
            }
            else
            {
                left--;
            }

            var guess = Math.Clamp(left == halvings ? Proportional() : low + ((high - low) / 2), low, high - 1);
            var rows = await page(guess);
            if (rows.Count == 0)
            {
                high = guess;
                continue;
            }

            if (rows[0].PublishedAt >= instant)
            {
                if (rows[0].First <= low)
                    return rows[0].First;
                // Between the guess and the row everything was removed.
                (high, highAt, answer) = (Math.Min(guess, rows[0].First), rows[0].PublishedAt, rows[0].First);
                continue;
            }

            if (Find(rows) is { } found)
                return found;
            width = rows[^1].Last + 1 - rows[0].First;
            (low, lowAt) = (rows[^1].Last + 1, rows[^1].PublishedAt);
        }

        return answer;

        // A little before, so that the page has the place in its middle.
        long Proportional() => highAt <= lowAt ? low : low + (long)((high - low) * ((instant - lowAt) / (highAt - lowAt))) - (width / 2);

        long? Find(IReadOnlyList<RecordPlace> rows)
        {
            foreach (var row in rows)
            {
                if (row.PublishedAt >= instant)
                    return row.First;
            }

            return null;
        }
    }
}
