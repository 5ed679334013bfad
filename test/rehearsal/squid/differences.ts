/** Where squid 5.7 and the stand-in differ, each with the reason. None gets anywhere but to CodeCommit. */
export const differences: readonly {
  squid: string;
  standIn: string;
  because: string;
  requests: readonly string[];
}[] = [
  {
    squid: "open",
    standIn: "refused and counted",
    because:
      "squid reads the target, the version or the header generously, and reaches CodeCommit all the same; Node.js and the stand-in take the plain form alone",
    requests: [
      "CONNECT git-codecommit.eu-west-1.amazonaws.com",
      "CONNECT GIT-CODECOMMIT.EU-WEST-1.AMAZONAWS.COM",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com.:443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com.",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com..:443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com..",
      "CONNECT [git-codecommit.eu-west-1.amazonaws.com]:443",
      "CONNECT [git-codecommit.eu-west-1.amazonaws.com]",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:443x",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:443:22",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:0443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:+443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:443/",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:443@evil.test:443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:443/@evil.test:443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:4294967739",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com:x",
      "connect git-codecommit.eu-west-1.amazonaws.com:443",
      "Connect git-codecommit.eu-west-1.amazonaws.com:443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com by HTTP/0.9",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com by HTTP/1.2",
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "Transfer-Encoding: chunked\\r\\nContent-Length: 0"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "X: git-codecommit.eu-west-1.amazonaws.com\\r\\n folded"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"20003',
    ],
  },
  {
    squid: "refused",
    standIn: "refused and counted",
    because:
      "squid logs the target as it understood it, CodeCommit's or that of GitLab's daily question; the stand-in logs what it could not read as such",
    requests: [
      "CONNECT version.gitlab.com",
      "CONNECT VERSION.gitlab.com.:443",
      "CONNECT VERSION.gitlab.com.",
      "CONNECT version.gitlab.com:443/secret",
      "CONNECT version.gitlab.com:443@evil.test:443",
      "CONNECT git-codecommit.eu-west-1.amazonaws.com by HTTP/9.9",
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "Content-Length: 1\\r\\nContent-Length: 2"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "Content-Length: x"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "Content-Length: -1"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "Bad Header: x"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "NoColon"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "X : y"',
      'CONNECT git-codecommit.eu-west-1.amazonaws.com with "X: a\\u0000b"',
    ],
  },
];
