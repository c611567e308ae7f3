using Azure.Data.Tables;
using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Keys;

/// <summary>Keys from their making to their end.</summary>
public sealed class KeyRingTests(AzuriteFixture azurite) : KeyTest(azurite)
{
    [Fact]
    public async Task A_key_is_told_once_and_found_by_its_text_alone()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        (await FindAsync(engine, text)).ShouldBe("producer");
        var info = (await engine.Keys.GetAsync(Name("producer"), Cancellation)).Value.ShouldNotBeNull();
        info.Rights.ShouldBe(["send"]);
        info.Resources.ShouldBe(["orders*", "topic:prices"]);
        var changed = (await engine.Keys.PutAsync(Name("producer"), new KeyChange { Rights = ["receive"] }, default, Cancellation)).Value;
        changed.Created.ShouldBeFalse();
        changed.Text.ShouldBeNull();
        (await FindAsync(engine, text)).ShouldBe("producer");
        (await engine.Keys.FindAsync(text, Cancellation)).Value!.Rights.ShouldBe(["receive"]);
    }

    [Fact]
    public async Task No_row_holds_a_key()
    {
        var engine = Start();
        var texts = new[] { await MakeAsync(engine), await MakeAsync(engine, "worker"), await RotateAsync(engine, TimeSpan.FromHours(1)) };
        await foreach (
            var row in new TableClient(Azurite.ConnectionString, Options.RegistryTable).QueryAsync<TableEntity>(
                cancellationToken: Cancellation
            )
        )
        {
            foreach (var (_, value) in row)
            {
                var stored = value is byte[] bytes ? Convert.ToBase64String(bytes) : $"{value}";
                foreach (var text in texts)
                {
                    stored.ShouldNotContain(text);
                    // The part that proves it, in the forms that it might be stored in.
                    stored.ShouldNotContain(text[^40..]);
                }
            }
        }
    }

    [Fact]
    public async Task A_new_key_is_good_in_every_process_at_once()
    {
        var (engine, other) = (Start(), Start());
        (await other.Keys.IsLockedAsync(Cancellation)).Value.ShouldBeFalse();
        var first = await MakeAsync(engine);
        (await FindAsync(other, first)).ShouldBe("producer");
        var second = await RotateAsync(engine, TimeSpan.Zero);
        (await FindAsync(other, second)).ShouldBe("producer");
        (await FindAsync(other, first)).ShouldBeNull();
    }

    [Fact]
    public async Task The_last_key_stays_good_for_the_overlap_of_a_rotation_and_no_earlier_one()
    {
        var engine = Start();
        var first = await MakeAsync(engine);
        var second = await RotateAsync(engine, TimeSpan.FromHours(1));
        (await FindAsync(engine, first)).ShouldBe("producer");
        (await FindAsync(engine, second)).ShouldBe("producer");
        var third = await RotateAsync(engine, TimeSpan.FromHours(1));
        (await FindAsync(engine, first)).ShouldBeNull();
        (await FindAsync(engine, second)).ShouldBe("producer");
        Time.Advance(TimeSpan.FromHours(1));
        (await FindAsync(engine, second)).ShouldBeNull();
        (await FindAsync(engine, third)).ShouldBe("producer");
    }

    [Fact]
    public async Task A_key_ends_when_it_expires()
    {
        var engine = Start();
        var text = await MakeAsync(engine, change: Sender with { ExpiresAt = Time.GetUtcNow().AddMinutes(1) });
        (await FindAsync(engine, text)).ShouldBe("producer");
        Time.Advance(TimeSpan.FromMinutes(1));
        (await FindAsync(engine, text)).ShouldBeNull();
        (await engine.Keys.FindNamedAsync("producer", anew: false, Cancellation)).Value.ShouldBeNull();
        (await engine.Keys.ListAsync(Cancellation)).Value.ShouldHaveSingleItem("it is still listed");
    }

    [Fact]
    public async Task A_deleted_key_stays_dead_when_its_name_comes_back()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        (await engine.Keys.DeleteAsync(Name("producer"), Cancellation)).Value.ShouldBeTrue();
        (await FindAsync(engine, text)).ShouldBeNull();
        (await engine.Keys.DeleteAsync(Name("producer"), Cancellation)).Failure.ShouldBe(new Failure.KeyNotFound(Name("producer")));
        (await engine.Keys.RotateAsync(Name("producer"), TimeSpan.Zero, Cancellation)).Failure.ShouldBe(
            new Failure.KeyNotFound(Name("producer"))
        );
        var again = await MakeAsync(engine);
        again.ShouldNotBe(text);
        (await FindAsync(engine, text)).ShouldBeNull();
        (await FindAsync(engine, again)).ShouldBe("producer");
    }

    [Fact]
    public async Task The_lock_stays_when_the_last_key_goes()
    {
        var (engine, other) = (Start(), Start());
        (await engine.Keys.IsLockedAsync(Cancellation)).Value.ShouldBeFalse();
        await MakeAsync(engine);
        (await engine.Keys.DeleteAsync(Name("producer"), Cancellation)).Value.ShouldBeTrue();
        (await engine.Keys.IsLockedAsync(Cancellation)).Value.ShouldBeTrue();
        (await other.Keys.IsLockedAsync(Cancellation)).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_forged_truncated_altered_or_of_another_deployment_is_no_key()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        var foreign = Start(Options with { RegistryTable = "f" + Guid.NewGuid().ToString("N") });
        (await FindAsync(engine, await MakeAsync(foreign))).ShouldBeNull();
        (await FindAsync(engine, text[..^1])).ShouldBeNull();
        (await FindAsync(engine, text + "A")).ShouldBeNull();
        (await FindAsync(engine, text.ToUpperInvariant())).ShouldBeNull();
        for (var i = 3; i < text.Length; i++)
        {
            var altered = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            (await FindAsync(engine, altered)).ShouldBeNull($"with another character at {i}");
        }

        // The version of one key with the proof of another.
        var other = await MakeAsync(engine, "worker");
        (await FindAsync(engine, text[..25] + other[25..])).ShouldBeNull();
        (await FindAsync(engine, text)).ShouldBe("producer");
    }

    [Fact]
    public async Task Of_processes_that_make_the_first_keys_at_once_all_go_by_one_root()
    {
        var engines = Enumerable.Range(0, 6).Select(_ => Start()).ToList();
        var texts = await Task.WhenAll(engines.Select((engine, i) => MakeAsync(engine, $"key-{i}")));
        foreach (var engine in engines)
        {
            for (var i = 0; i < texts.Length; i++)
                (await FindAsync(engine, texts[i])).ShouldBe($"key-{i}");
        }
    }

    [Fact]
    public async Task Of_processes_that_make_a_key_of_one_name_at_once_one_makes_it()
    {
        var engines = Enumerable.Range(0, 6).Select(_ => Start()).ToList();
        var issued = await Task.WhenAll(engines.Select(e => e.Keys.PutAsync(Name("producer"), Sender, default, Cancellation)));
        var text = issued.Where(i => i.Value.Created).ShouldHaveSingleItem().Value.Text.ShouldNotBeNull();
        (await FindAsync(engines[0], text)).ShouldBe("producer");
    }

    /// <summary>Rows as this version writes them, spelled out: every later version reads them, and takes the keys that are out.</summary>
    [Fact]
    public async Task What_was_stored_once_is_read_for_good()
    {
        var table = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        await table.CreateAsync(Cancellation);
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        await table.AddEntityAsync(new TableEntity("keys", "r:root") { ["Secret"] = secret, ["Change"] = Guid.NewGuid() }, Cancellation);
        await table.AddEntityAsync(
            new TableEntity("keys", "k:worker")
            {
                ["Format"] = 1,
                ["Version"] = "000102030405060708090a0b0c0d0e0f",
                ["Former"] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                ["FormerUntil"] = Time.GetUtcNow().AddHours(1),
                ["Rights"] = "send,inspect",
                ["Resources"] = "orders*,topic:prices",
                ["CreatedAt"] = Time.GetUtcNow(),
                ["ChangedAt"] = Time.GetUtcNow(),
                ["RotatedAt"] = Time.GetUtcNow(),
                ["Revision"] = "0123456789abcdef",
            },
            Cancellation
        );
        var engine = Start();
        foreach (
            var text in new[]
            {
                "fq_AAECAwQFBgcICQoLDA0OD2vEQBjIHlhF6JhJ20E2plsD_aAlZad_UalFVwjHQRiz",
                KeyText.Derive(secret, "worker", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
            }
        )
        {
            var info = (await engine.Keys.FindAsync(text, Cancellation)).Value.ShouldNotBeNull();
            info.Rights.ShouldBe(["send", "inspect"]);
            info.Resources.ShouldBe(["orders*", "topic:prices"]);
            info.ETag.ShouldBe("0123456789abcdef");
            info.ExpiresAt.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_row_of_a_later_version_opens_nothing_is_left_alone_and_keeps_nobody_from_the_others()
    {
        ExpectsErrors = true;
        var (engine, other) = (Start(), Start());
        var (text, worker) = (await MakeAsync(engine), await MakeAsync(engine, "worker"));
        var table = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        TableEntity row = await table.GetEntityAsync<TableEntity>("keys", "k:producer", cancellationToken: Cancellation);
        row["Format"] = 2;
        await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
        (await FindAsync(other, worker)).ShouldBe("worker");
        (await FindAsync(other, text)).ShouldBeNull();
        (await other.Keys.ListAsync(Cancellation)).Value.ShouldHaveSingleItem().Name.Value.ShouldBe("worker");
        (await other.Keys.PutAsync(Name("producer"), Sender, default, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await other.Keys.DeleteAsync(Name("producer"), Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        other.LoggedErrors.ShouldContain(e => e.Contains("k:producer", StringComparison.Ordinal));
        ((TableEntity)await table.GetEntityAsync<TableEntity>("keys", "k:producer", cancellationToken: Cancellation))
            .GetInt32("Format")
            .ShouldBe(2);
    }

    [Fact]
    public async Task A_root_that_is_damaged_opens_nothing()
    {
        var (engine, other) = (Start(), Start());
        var text = await MakeAsync(engine);
        var table = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        await table.UpsertEntityAsync(
            new TableEntity("keys", "r:root") { ["Secret"] = new byte[31] },
            TableUpdateMode.Replace,
            Cancellation
        );
        (await other.Keys.FindAsync(text, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await other.Keys.IsLockedAsync(Cancellation)).Failure.ShouldNotBeNull();
    }
}
