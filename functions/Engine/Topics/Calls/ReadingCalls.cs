using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Topics.Reading;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Calls that read records.</summary>
internal sealed class ReadingCalls(TopicCalls calls)
{
    public Task<Outcome<RecordPage>> ReadAsync(TopicName topic, ReadRequest request, CancellationToken cancellationToken) =>
        calls.RunAsync<RecordPage>(
            "read",
            topic,
            async runtime =>
                TopicRules.Check(request, runtime.Settings) is { Count: > 0 } faults
                    ? new Failure.Invalid(faults)
                    : await runtime.Partitions[request.Partition].Reading.ReadAsync(request, cancellationToken),
            QueueCalls.Always,
            cancellationToken
        );

    public Task<Outcome<TopicRecordPage>> ReadAsync(TopicName topic, TopicReadRequest request, CancellationToken cancellationToken) =>
        calls.RunAsync<TopicRecordPage>(
            "read",
            topic,
            async runtime =>
                TopicRules.Check(request) is { Count: > 0 } faults
                    ? new Failure.Invalid(faults)
                    : await new TopicReading([.. runtime.Partitions.Select(p => p.Reading)], runtime.TableHash).ReadAsync(
                        request,
                        cancellationToken
                    ),
            QueueCalls.Always,
            cancellationToken
        );

    public Task<Outcome<Record>> FindAsync(TopicName topic, int partition, long offset, CancellationToken cancellationToken) =>
        calls.RunAsync<Record>(
            "find-record",
            topic,
            runtime => FindAsync(runtime, partition, offset, cancellationToken),
            QueueCalls.Always,
            cancellationToken
        );

    public Task<Outcome<OpenedBody>> OpenBodyAsync(TopicName topic, int partition, long offset, CancellationToken cancellationToken) =>
        calls.RunAsync<OpenedBody>(
            "read-body",
            topic,
            async runtime =>
            {
                if (!(await FindAsync(runtime, partition, offset, cancellationToken)).TryGetValue(out var record, out var failure))
                    return failure;
                if (record.Payload is not { } payload)
                    return new OpenedBody(
                        new MemoryStream(record.Body!.Value.ToArray(), writable: false),
                        record.BodyLength,
                        record.ContentType
                    );
                var body = await runtime.Payloads.OpenAsync(runtime.Table, partition, payload, cancellationToken);
                // It went with its record meanwhile.
                return body is null ? new Failure.RecordNotFound() : new OpenedBody(body, record.BodyLength, record.ContentType);
            },
            QueueCalls.Always,
            cancellationToken
        );

    private static Task<Outcome<Record>> FindAsync(TopicRuntime topic, int partition, long offset, CancellationToken cancellationToken)
    {
        if (TopicRules.Check(new ReadRequest { Partition = partition }, topic.Settings) is { Count: > 0 } faults)
            return Task.FromResult<Outcome<Record>>(new Failure.Invalid(faults));
        return offset < 0
            ? Task.FromResult<Outcome<Record>>(new Failure.RecordNotFound())
            : topic.Partitions[partition].Reading.FindAsync(offset, cancellationToken);
    }
}
