using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>A topic that another one forwards to has its records, each once, and those of a key in their order.</summary>
internal static class Derivation
{
    public static IEnumerable<Violation> Check(TopicHistory source, TopicHistory derived)
    {
        var places = derived.Log.GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.First().Place, StringComparer.Ordinal);
        return [.. Missing(source, derived, places), .. Disordered(source, places)];
    }

    private static IEnumerable<Violation> Missing(TopicHistory source, TopicHistory derived, Dictionary<string, RecordPlace> places) =>
        from record in source.Log
        where !places.ContainsKey(record.Key)
        select new Violation(Rule.NotForwarded, $"{record.Key} at {record.Place} is not in {derived.Name}.");

    private static IEnumerable<Violation> Disordered(TopicHistory source, Dictionary<string, RecordPlace> places) =>
        from record in source.Log
        let orderKey = source.AttemptsOf(record.Key).FirstOrDefault()?.OrderKey
        where orderKey is not null && places.ContainsKey(record.Key)
        group record by (record.Place.Partition, orderKey) into key
        let inOrder = key.OrderBy(r => r.Place.Offset).ToList()
        from pair in inOrder.Zip(inOrder.Skip(1))
        let first = places[pair.First.Key]
        let second = places[pair.Second.Key]
        where first.Partition != second.Partition || first.Offset >= second.Offset
        select new Violation(
            Rule.OrderViolation,
            $"{pair.First.Key} is at {first}, {pair.Second.Key}, which is behind it at {pair.Second.Place}, at {second}."
        );
}
