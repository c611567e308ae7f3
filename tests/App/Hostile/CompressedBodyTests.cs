using System.IO.Compression;
using System.Text;

namespace FuncQueue.App.Tests.Hostile;

/// <summary>What comes compressed is never unpacked: it is refused. So a zip bomb is as small as it looks.</summary>
public sealed class CompressedBodyTests(AppFixture app)
{
    private const int Unpacked = 10 * 1024 * 1024;

    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_in_a_coding_is_refused_since_the_coding_would_be_lost(string encoding)
    {
        var queue = await client.QueueAsync();
        var answer = await client.SendAsync(
            HttpMethod.Post,
            queue + "/messages",
            Content(Compress(encoding, new byte[Unpacked]), encoding, "application/octet-stream")
        );
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.UnsupportedMediaType, "unsupported-encoding"));
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0,");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task Compressed_JSON_is_refused_without_being_unpacked(string encoding)
    {
        var queue = await client.QueueAsync();
        var json = Encoding.UTF8.GetBytes("""{"messages":[{"body":"x"}]}""".PadRight(Unpacked));
        var answer = await client.SendAsync(
            HttpMethod.Post,
            queue + "/messages/batch",
            Content(Compress(encoding.Split(',')[0], json), encoding, "application/json")
        );
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.UnsupportedMediaType, "unsupported-encoding"));
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0,");
    }

    [Fact]
    public async Task JSON_that_says_it_is_not_compressed_is_taken()
    {
        var queue = await client.QueueAsync();
        var answer = await client.SendAsync(
            HttpMethod.Post,
            queue + "/messages/batch",
            Content("""{"messages":[{"body":"x"}]}"""u8.ToArray(), "identity", "application/json")
        );
        answer.Status.ShouldBe(HttpStatusCode.OK);
    }

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (
            Stream packing = encoding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                _ => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            }
        )
            packing.Write(bytes);
        packed.Length.ShouldBeLessThan(Unpacked / 500);
        return packed.ToArray();
    }

    private static ByteArrayContent Content(byte[] bytes, string encoding, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding).ShouldBeTrue();
        content.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        return content;
    }
}
