using System.Globalization;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary><c>Producer-Id</c>, <c>Producer-Epoch</c>, <c>Producer-Sequence</c>: what a producer counts what it sends by.</summary>
internal static class ProducerHeaders
{
    private const string Id = "Producer-Id";
    private const string Epoch = "Producer-Epoch";
    private const string Sequence = "Producer-Sequence";

    /// <summary>Null: the producer does not count, or there are faults.</summary>
    public static ProducerStamp? Read(HttpRequest request, Faults faults)
    {
        if (!new[] { Id, Epoch, Sequence }.Any(request.Headers.ContainsKey))
            return null;
        var (id, epoch, sequence) = (Text(Id), Number(Epoch), Number(Sequence));
        return id is null || epoch is null || sequence is null ? null : new ProducerStamp(id, epoch.Value, sequence.Value);

        string? Text(string name)
        {
            if (!request.Headers.TryGetValue(name, out var value))
                faults.Add(name, $"Is needed with the other two of {Id}, {Epoch} and {Sequence}.");
            else if (!RepeatedHeader.IsSingle(value))
                faults.Add(name, RepeatedHeader.Detail);
            else
                return value[0];
            return null;
        }

        long? Number(string name)
        {
            if (Text(name) is not { } text)
                return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
            faults.Add(name, "Must be a whole number that is not negative.");
            return null;
        }
    }
}
