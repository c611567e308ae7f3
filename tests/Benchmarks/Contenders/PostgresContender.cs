using Npgsql;
using NpgsqlTypes;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>
/// A table in PostgreSQL as a queue: inserts, each its own transaction; <c>FOR UPDATE SKIP LOCKED</c> to lease, a delete to ack.
/// </summary>
internal sealed class PostgresContender(string connectionString) : IContender
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(
        connectionString + ";Maximum Pool Size=90;Max Auto Prepare=10;Auto Prepare Min Usages=1"
    );

    public async Task CreateAsync(string queue)
    {
        await using var command = source.CreateCommand(
            $"""
            create table "{queue}" (
              id bigint generated always as identity primary key,
              visible_at timestamptz not null default now(),
              delivery_count int not null default 0,
              body bytea not null
            );
            create index on "{queue}" (visible_at, id);
            """
        );
        await command.ExecuteNonQueryAsync();
    }

    public async Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group)
    {
        await using var command = source.CreateCommand($"""insert into "{queue}" (body) values ($1)""");
        command.Parameters.Add(new NpgsqlParameter { Value = body.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync();
    }

    public Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies) =>
        Task.WhenAll(bodies.Select(b => EnqueueAsync(queue, b, null)));

    public async Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            $"""
            update "{queue}" set visible_at = now() + interval '30 seconds', delivery_count = delivery_count + 1
            where id in (select id from "{queue}" where visible_at <= now() order by visible_at, id limit $1 for update skip locked)
            returning id, body
            """
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        var taken = new List<Taken>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                taken.Add(new Taken(reader.GetInt64(0)));
                _ = (byte[])reader[1];
            }
        }

        if (taken.Count == 0)
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        return taken;
    }

    public async Task AckAsync(string queue, Taken message)
    {
        await using var command = source.CreateCommand($"""delete from "{queue}" where id = $1""");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)message.Handle });
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
