using System.Text;

namespace FuncQueue.App.Tests.Hostile;

/// <summary>
/// Requests written by hand, byte by byte, to make the server take one thing for another: no fault of its own comes of them, nothing of
/// them becomes a header of an answer, and none reaches a queue that it does not name.
/// </summary>
public sealed class RawRequestTests(AppFixture app)
{
    /// <summary>HOST stands for the server's, VICTIM for the path of a queue that must not be reached.</summary>
    public static TheoryData<string> Refused =>
        [
            // Two opinions on where a request ends.
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5, 5\r\n\r\nabcde",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0x5\r\n\r\nabcde",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99999999999999999999\r\n\r\nabcde",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            "POST QUEUE/messages/ack HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            "POST /sqs HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            // Headers that are none, or more than one.
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nx-attribute-a: b\rX-Injected: yes\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nx-attribute-a: b\0c\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nx-attribute-a: b\r\n X-Injected: yes\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nx-attribute-a\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\n: empty\r\nContent-Length: 0\r\n\r\n",
            // Hosts.
            "GET QUEUE HTTP/1.1\r\n\r\n",
            "GET QUEUE HTTP/1.1\r\nHost: HOST\r\nHost: other.example\r\n\r\n",
            "GET QUEUE HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n",
            "GET QUEUE HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET QUEUE HTTP/1.1\r\nHost: user@HOST/\r\n\r\n",
            // Targets.
            "POST http://other.exampleVICTIM/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST ftp://HOSTVICTIM/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE%2fVICTIMNAME/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE%2f..%2fVICTIMNAME/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE/%252e%252e/VICTIMNAME/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE\\..\\VICTIMNAME/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST QUEUE%5c..%5cVICTIMNAME/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST /queues/..%2fqueues%2fVICTIMNAME/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST /VICTIM/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST VICTIM%00/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST VICTIM;x=y/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST VICTIM%20/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST VICTIM%0d%0aX-Injected:%20yes/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST VICTIM/purge\r\nX-Injected: yes HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "POST %zz HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GARBAGE\r\n\r\n",
        ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_is_not_what_it_seems_is_refused(string request)
    {
        var (queue, victim) = (await app.Client.QueueAsync(), await app.Client.QueueAsync());
        await app.Client.EnqueueAsync(victim, "untouched");
        // What is refused by a function, and not by the server, would else leave the connection open.
        request = request.Replace("HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", StringComparison.Ordinal);
        var answer = await RawConnection.ExchangeAsync(app.Client.Base, Fill(request, queue, victim));
        answer.ShouldStartWith("HTTP/1.1 4");
        Heads(answer).ShouldNotContain("injected", Case.Insensitive);
        (await app.Client.CountsAsync(victim)).ShouldContain("\"ready\":1,");
        (await app.Client.CountsAsync(queue)).ShouldContain("\"ready\":0,");
    }

    [Fact]
    public async Task Line_breaks_in_values_come_back_as_values()
    {
        var queue = await app.Client.QueueAsync();
        var answer = await RawConnection.ExchangeAsync(
            app.Client.Base,
            Fill(
                "POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nx-attribute-a: "
                    + "b%0d%0aX-Injected:%20yes\r\nContent-Type: text/plain%0d%0aX-Injected:%20yes\r\nContent-Length: 1\r\n\r\nx",
                queue,
                queue
            )
        );
        answer.ShouldStartWith("HTTP/1.1 201");
        Heads(answer).ShouldNotContain("injected", Case.Insensitive);
        var stored = (await app.Client.DequeueAsync(queue))[0]!;
        stored["attributes"]!["a"]!.GetValue<string>().ShouldBe("b\r\nX-Injected: yes");
        var body = await RawConnection.ExchangeAsync(
            app.Client.Base,
            Fill($"GET QUEUE/messages/{stored["messageId"]}/body HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", queue, queue)
        );
        Heads(body).Split("\r\n").ShouldNotContain(line => line.StartsWith("X-Injected", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Some proxies go by the length, others by the chunks; what is behind the chunks must not become a request.</summary>
    [Theory]
    [InlineData("Content-Length: LENGTH\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: LENGTH\r\n")]
    public async Task A_request_hidden_in_the_body_of_another_is_not_carried_out(string framing)
    {
        var (queue, victim) = (await app.Client.QueueAsync(), await app.Client.QueueAsync());
        await app.Client.EnqueueAsync(victim, "untouched");
        var body =
            "0\r\n\r\n"
            + Fill($"POST VICTIM/purge HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", queue, victim);
        var length = body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var answer = await RawConnection.ExchangeAsync(
            app.Client.Base,
            Fill(
                $"POST QUEUE/messages HTTP/1.1\r\nHost: HOST\r\n{framing.Replace("LENGTH", length, StringComparison.Ordinal)}\r\n{body}",
                queue,
                victim
            )
        );
        answer.ShouldNotContain("purged");
        (await app.Client.CountsAsync(victim)).ShouldContain("\"ready\":1,");
    }

    /// <summary>What shows who calls, where that is needed.</summary>
    private string Credential => app.Client.Key is { } key ? $"Authorization: Bearer {key}\r\n" : "";

    private string Fill(string request, string queue, string victim) =>
        request
            .Replace("Host: HOST\r\n", $"Host: HOST\r\n{Credential}", StringComparison.Ordinal)
            .Replace("VICTIMNAME", victim.Split('/')[^1], StringComparison.Ordinal)
            .Replace("QUEUE", queue, StringComparison.Ordinal)
            .Replace("VICTIM", victim, StringComparison.Ordinal)
            .Replace("HOST", app.Client.Base.Authority, StringComparison.Ordinal);

    /// <summary>The heads of all answers.</summary>
    private static string Heads(string answer)
    {
        var heads = new StringBuilder();
        foreach (var part in answer.Split("HTTP/1.1 ").Skip(1))
            heads.Append(part.Split("\r\n\r\n")[0]).Append("\r\n");
        return heads.ToString();
    }
}
