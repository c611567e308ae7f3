using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class TailCommand
{
    public static Command Make()
    {
        var topic = Commands.Make.Topic();
        var from = new Option<string>("--from") { Description = "earliest, latest, or an instant.", DefaultValueFactory = _ => "latest" };
        var count = new Option<int?>("--count", "-n") { Description = "End after so many." };
        return Commands.Make.Command(
            "tail",
            "Print the records of a topic as they come.",
            [topic, from, count],
            async (session, cancellation) =>
            {
                var topics = session.Client.Administration.Topics;
                if (await topics.FindTopicAsync(session.Get(topic), cancellation) is not { } found)
                    throw new FuncQueueException(FuncQueueErrorReason.TopicNotFound, $"There is no topic {session.Get(topic)}.");
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var left = session.Get(count) ?? int.MaxValue;
                var gate = new Lock();
                async Task FollowAsync(int partition)
                {
                    var place = session.Get(from);
                    while (!enough.IsCancellationRequested)
                    {
                        var (records, next) = await topics.ReadAsync(
                            session.Get(topic),
                            partition,
                            place,
                            100,
                            TimeSpan.FromSeconds(20),
                            enough.Token
                        );
                        place = next.ToString(System.Globalization.CultureInfo.InvariantCulture);
                        lock (gate)
                        {
                            foreach (var record in records.TakeWhile(_ => left > 0))
                            {
                                session.Print.Line(Of(partition, record));
                                left--;
                            }
                        }

                        if (left <= 0)
                            await enough.CancelAsync();
                    }
                }

                try
                {
                    await Task.WhenAll(Enumerable.Range(0, found.Partitions).Select(FollowAsync));
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { }
                return ExitCode.Done;
            }
        );
    }

    public static Row Of(int partition, TopicRecord record) =>
        new Row()
            .Add("partition", partition)
            .Add("offset", record.Offset)
            .Add("publishedAt", record.PublishedAt)
            .Add("routingKey", record.RoutingKey)
            .Add("key", record.Key)
            .Add("body", record.Body is { } body ? MessageRow.BodyOf(body) : "(in a blob)");
}
