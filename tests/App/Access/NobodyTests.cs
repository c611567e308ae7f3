using System.Text;

namespace FuncQueue.App.Tests.Access;

/// <summary>Whoever should not get in does not.</summary>
public sealed class NobodyTests(LockedApp locked) : LockedTest(locked)
{
    [Fact]
    public async Task A_key_is_taken_in_each_of_three_places_and_the_first_that_is_there_counts()
    {
        var key = await Keys.MakeAsync("worker", ["receive"], ["orders*"]);
        (await With(null).SendAsync(HttpMethod.Get, "/whoami", null, ("Authorization", "Bearer " + key))).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await With(null).SendAsync(HttpMethod.Get, "/whoami", null, ("Authorization", "bearer " + key))).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await With(key).GetAsync("/whoami")).Status.ShouldBe(HttpStatusCode.OK);
        (await With(null).GetAsync("/whoami?code=" + key)).Status.ShouldBe(HttpStatusCode.OK);
        (await With(key).SendAsync(HttpMethod.Get, "/whoami", null, ("Authorization", "Bearer wrong"))).Code.ShouldBe("unauthenticated");
        (await With("wrong").GetAsync("/whoami?code=" + key)).Code.ShouldBe("unauthenticated");
        // Another scheme is nobody's business here.
        (await With(key).SendAsync(HttpMethod.Get, "/whoami", null, ("Authorization", "Basic eDp5"))).Status.ShouldBe(HttpStatusCode.OK);
        (await With(null).SendAsync(HttpMethod.Get, "/whoami", null, ("Authorization", key))).Code.ShouldBe("unauthenticated");
    }

    [Fact]
    public async Task Forged_truncated_foreign_replaced_expired_and_revoked_keys_and_those_in_another_case_are_refused()
    {
        var good = await Keys.MakeMasterAsync("master");
        await using var elsewhere = await Locked.StartAsync(("FuncQueue__RegistryTable", "foreign" + Guid.NewGuid().ToString("N")));
        var replaced = await Keys.MakeAsync("replaced", ["manage"], ["*"]);
        await Keys.RotateAsync("replaced", overlapSeconds: 0);
        var overtaken = await Keys.MakeAsync("overtaken", ["manage"], ["*"]);
        await Keys.RotateAsync("overtaken", overlapSeconds: 3600);
        (await With(overtaken).GetAsync("/whoami")).Status.ShouldBe(HttpStatusCode.OK, "during the overlap");
        await Keys.RotateAsync("overtaken", overlapSeconds: 3600);
        var revoked = await Keys.MakeAsync("revoked", ["manage"], ["*"]);
        await Keys.DeleteAsync("revoked");
        await Keys.MakeAsync("revoked", ["manage"], ["*"]);
        var bad = new Dictionary<string, string>
        {
            ["of another deployment, with the same name"] = await new KeyMaker(elsewhere.Address, KeyMaker.HostKey).MakeMasterAsync(
                "master"
            ),
            ["cut short"] = good[..^1],
            ["too long"] = good + "A",
            ["in upper case"] = good.ToUpperInvariant(),
            ["in lower case"] = good.ToLowerInvariant(),
            ["without its beginning"] = good[3..],
            ["with another end"] = good[..^1] + (good[^1] == 'A' ? 'B' : 'A'),
            ["with another version"] = "fq_" + (good[3] == 'A' ? 'B' : 'A') + good[4..],
            ["all zero"] = "fq_" + new string('A', 64),
            ["quoted"] = $"\"{good}\"",
            ["twice"] = $"{good},{good}",
            ["replaced"] = replaced,
            ["replaced twice, within the overlap of the first time"] = overtaken,
            ["revoked, with the name given again"] = revoked,
            ["expired"] = await Keys.MakeAsync("expired", ["manage"], ["*"], TimeProvider.System.GetUtcNow().AddSeconds(-1)),
            ["the host's"] = KeyMaker.HostKey,
            ["a name"] = "master",
            ["nothing"] = " ",
            ["long"] = new string('x', 20_000),
        };
        foreach (var (what, key) in bad)
        {
            foreach (var (place, url, headers) in Places(key))
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, App.Address + url);
                foreach (var (name, value) in headers)
                    request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
                using var response = await With(null).Http.SendAsync(request);
                // Too long a target is no HTTP.
                if ((what, place) is not ("long", "query"))
                    response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{what}, in {place}");
            }
        }

        (await With(good).GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);
        App.Output.ShouldNotContain("unexpected", Case.Insensitive);
    }

    /// <summary>A name that looks like a pattern, another case, separators that are smuggled in: none is the queue of the key.</summary>
    [Fact]
    public async Task Names_that_are_made_to_look_like_the_keys_queue_do_not_reach_another()
    {
        var master = With(await Keys.MakeMasterAsync());
        foreach (var queue in new[] { "orders", "Orders", "orders-eu", "secret" })
            (await master.PutAsync("/queues/" + queue)).Status.ShouldBe(HttpStatusCode.Created);
        var key = await Keys.MakeAsync("orders", ["manage"], ["orders"]);
        foreach (
            var path in new[]
            {
                "Orders",
                "ORDERS",
                "orders-eu",
                "secret",
                "orders%2F..%2Fsecret",
                "orders%252F..%252Fsecret",
                "orders%5C..%5Csecret",
                "..%2Fqueues%2Fsecret",
                "orders%00",
                "orders%20",
                "orders*",
                "*",
                "%2A",
                "queue:orders",
                "topic:orders",
                "secret%3Bqueue=orders",
                "secret?queue=orders",
                "secret%23orders",
                "o%CC%88rders",
                "orders.",
                ".orders",
            }
        )
        {
            foreach (var rest in new[] { "", "/messages" })
            {
                var line = $"GET /queues/{path}{rest} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-functions-key: {key}\r\n\r\n";
                var answer = await RawConnection.ExchangeAsync(new Uri(App.Address), line);
                answer.ShouldMatch(@"^HTTP/1\.1 4\d\d", $"{path}{rest}");
            }
        }

        (await With(key).GetAsync("/queues/orders")).Status.ShouldBe(HttpStatusCode.OK);
        // The path before the name is taken in any case, and the name is not.
        (await With(key).GetAsync("/QUEUES/orders")).Status.ShouldBe(HttpStatusCode.OK);
        (await With(key).GetAsync("/QUEUES/Orders")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>Thousands of keys that differ from a good one in something, in any place: none is taken.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_is_done_to_a_key_it_is_a_good_one_no_more(int seed)
    {
        var good = await Keys.MakeMasterAsync();
        var random = new Random(seed);
        var http = With(null).Http;
        for (var i = 0; i < 1_500; i++)
        {
            var text = Mutate(random, good);
            if (text.Trim() == good || text.Any(c => c is < ' ' or > '~'))
                continue;
            var places = Places(text);
            var (place, url, headers) = places[random.Next(places.Count)];
            using var request = new HttpRequestMessage(HttpMethod.Get, App.Address + url);
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{text} in {place}");
        }

        App.Output.ShouldNotContain("unexpected", Case.Insensitive);
        (await With(good).GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static List<(string Place, string Url, (string Name, string Value)[] Headers)> Places(string key) =>
        [
            ("bearer", "/queues", [("Authorization", "Bearer " + key)]),
            ("header", "/queues", [("x-functions-key", key)]),
            ("query", "/queues?code=" + Uri.EscapeDataString(key), []),
        ];

    private static string Mutate(Random random, string good)
    {
        var text = new StringBuilder(good);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(6))
            {
                case 0:
                    text[at] = (char)random.Next(' ', '~' + 1);
                    break;
                case 1:
                    text.Remove(at, 1);
                    break;
                case 2:
                    text.Insert(at, text[at]);
                    break;
                case 3:
                    text[at] = char.IsUpper(text[at]) ? char.ToLowerInvariant(text[at]) : char.ToUpperInvariant(text[at]);
                    break;
                case 4:
                    text.Length = at + 1;
                    break;
                default:
                    text.Append("_-=+/,;"[random.Next(7)]);
                    break;
            }
        }

        return text.ToString();
    }
}
